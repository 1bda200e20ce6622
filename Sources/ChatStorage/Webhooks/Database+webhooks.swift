import Bytes
import Chat
import SQLite

extension Database {
    /// The newest first.
    func incomingWebhooks(of room: RoomKey) throws(SQLiteError) -> [IncomingWebhook] {
        try rows(
            """
            SELECT id, name, moderator, created FROM incoming_webhooks WHERE room = ? ORDER BY created DESC, id
            """, room.value
        ) { $0.incomingWebhook }.compactMap { $0 }
    }

    func incomingWebhook(_ id: UUID) throws(SQLiteError) -> StoredIncomingWebhook? {
        try first(
            """
            SELECT w.id, w.name, w.moderator, w.created, w.digest, rooms.id
            FROM incoming_webhooks w JOIN rooms ON rooms.key = w.room WHERE w.id = ?
            """, .blob(id.bytes)
        ) { row in
            row.incomingWebhook.map {
                StoredIncomingWebhook(webhook: $0, digest: row.blob(4), room: RoomID(trusted: row.text(5)))
            }
        } ?? nil
    }

    /// The newest first.
    func outgoingWebhooks(of room: RoomKey) throws(SQLiteError) -> [StoredOutgoingWebhook] {
        try rows(
            """
            SELECT id, name, url, secret, events, moderator, created, failures, disabled FROM outgoing_webhooks
            WHERE room = ? ORDER BY created DESC, id
            """, room.value
        ) { $0.outgoingWebhook }.compactMap { $0 }
    }

    func outgoingWebhook(_ id: UUID, in room: RoomKey) throws(SQLiteError) -> StoredOutgoingWebhook? {
        try first(
            """
            SELECT id, name, url, secret, events, moderator, created, failures, disabled FROM outgoing_webhooks
            WHERE id = ? AND room = ?
            """, .blob(id.bytes), room.value
        ) { $0.outgoingWebhook } ?? nil
    }

    func waitingWebhooks() throws(SQLiteError) -> [UUID] {
        try rows(
            """
            SELECT id FROM outgoing_webhooks
            WHERE disabled IS NULL AND EXISTS (SELECT 1 FROM deliveries WHERE webhook = id AND ended IS NULL)
            """
        ) { UUID(bytes: $0.blob(0)) }.compactMap { $0 }
    }

    /// What a webhook is to be told next.
    func nextDelivery(of id: UUID, listedReactors: Int) throws(SQLiteError) -> StoredDelivery? {
        let key = SQLiteValue.blob(id.bytes)
        let place = try first(
            """
            SELECT w.room, rooms.id FROM outgoing_webhooks w JOIN rooms ON rooms.key = w.room
            WHERE w.id = ? AND disabled IS NULL
            """, key
        ) { (key: RoomKey(rawValue: $0.integer(0)), id: RoomID(trusted: $0.text(1))) }
        guard let place, let webhook = try outgoingWebhook(id, in: place.key) else { return nil }
        let found =
            try first(
                """
                SELECT number, event, sequence, user, created, due, attempts, status, error, ended FROM deliveries
                WHERE webhook = ? AND ended IS NULL ORDER BY number LIMIT 1
                """, key
            ) { $0.delivery } ?? nil
        guard let found else { return nil }
        var message: StoredMessage?
        if let sequence = found.sequence {
            message = try self.message(atSequence: sequence, in: place.key, listedReactors)
        }
        return StoredDelivery(delivery: found, webhook: webhook, room: place.id, message: message)
    }

    private func message(
        atSequence sequence: Int64, in room: RoomKey, _ listedReactors: Int
    ) throws(SQLiteError) -> StoredMessage? {
        guard let place = try place(in: room, from: sequence), place.sequence == sequence,
            var message = try message(at: place, in: room)
        else { return nil }
        message.reactions = try reactions(in: room, to: sequence, listed: listedReactors)
        message.attachments = try attachments(of: message, in: room)
        return message
    }

    /// The newest first.
    func deliveries(of id: UUID, limit: Int) throws(SQLiteError) -> [Delivery] {
        try rows(
            """
            SELECT number, event, sequence, user, created, due, attempts, status, error, ended FROM deliveries
            WHERE webhook = ? ORDER BY number DESC LIMIT ?
            """, .blob(id.bytes), .integer(Int64(limit))
        ) { $0.delivery }.compactMap { $0 }
    }
}

extension Row {
    /// Of columns id, name, moderator, created.
    fileprivate var incomingWebhook: IncomingWebhook? {
        UUID(bytes: blob(0)).map {
            IncomingWebhook(
                id: $0, name: UserID(trusted: text(1)), by: UserID(trusted: text(2)), at: integer(3))
        }
    }

    /// Of columns id, name, url, secret, events, moderator, created, failures, disabled.
    fileprivate var outgoingWebhook: StoredOutgoingWebhook? {
        guard let id = UUID(bytes: blob(0)) else { return nil }
        var webhook = StoredOutgoingWebhook(
            id: id, name: text(1), url: blob(2), secret: blob(3), events: Set(bits: integer(4)),
            by: UserID(trusted: text(5)), at: integer(6))
        webhook.failures = integer(7)
        webhook.disabled = optionalText(8)
        return webhook
    }

    /// Of columns number, event, sequence, user, created, due, attempts, status, error, ended.
    fileprivate var delivery: Delivery? {
        guard let event = WebhookEvent.allCases.first(where: { $0.number == integer(1) }) else { return nil }
        return Delivery(
            number: integer(0), event: event, sequence: optionalInteger(2),
            user: optionalText(3).map { UserID(trusted: $0) }, created: integer(4), due: integer(5),
            attempts: integer(6), status: optionalInteger(7), error: optionalText(8), ended: optionalInteger(9))
    }
}
