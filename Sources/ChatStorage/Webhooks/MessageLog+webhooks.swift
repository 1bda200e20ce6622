import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func create(_ webhook: IncomingWebhook, digest: [UInt8], in room: Room, most: Int) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let count = try database.first("SELECT count(*) FROM incoming_webhooks WHERE room = ?", room.key.value) {
            $0.integer(0)
        }
        guard count ?? 0 < most else { throw StoreError.tooManyWebhooks }
        try database.run(
            "INSERT INTO incoming_webhooks (id, room, name, digest, moderator, created) VALUES (?, ?, ?, ?, ?, ?)",
            .blob(webhook.id.bytes), room.key.value, .text(webhook.name.text), .blob(digest),
            .text(webhook.moderator.text), .integer(webhook.created))
    }

    func create(_ webhook: StoredOutgoingWebhook, in room: Room, most: Int) throws {
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let count = try database.first("SELECT count(*) FROM outgoing_webhooks WHERE room = ?", room.key.value) {
            $0.integer(0)
        }
        guard count ?? 0 < most else { throw StoreError.tooManyWebhooks }
        try database.run(
            """
            INSERT INTO outgoing_webhooks (id, room, name, url, secret, events, moderator, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(webhook.id.bytes), room.key.value, .text(webhook.name), .utf8(webhook.url), .utf8(webhook.secret),
            .integer(webhook.events.bits), .text(webhook.moderator.text), .integer(webhook.created))
        webhooks = nil
    }

    func change(_ id: UUID, in room: Room, _ change: StoredWebhookChange) throws -> StoredOutgoingWebhook {
        let key = SQLiteValue.blob(id.bytes)
        guard let former = try database.outgoingWebhook(id, in: room.key) else { throw StoreError.webhookMissing }
        try database.run(
            "UPDATE outgoing_webhooks SET name = ?, url = ?, events = ? WHERE id = ?",
            .text(change.name ?? former.name),
            .utf8(change.url ?? former.url), .integer((change.events ?? former.events).bits), key)
        switch change.disabled {
        case nil: break
        case ""?:
            try database.run("UPDATE outgoing_webhooks SET disabled = NULL, failures = 0 WHERE id = ?", key)
        case let reason?: try disable(id, reason)
        }
        webhooks = nil
        guard let webhook = try database.outgoingWebhook(id, in: room.key) else { throw StoreError.webhookMissing }
        return webhook
    }

    func deleteWebhook(_ id: UUID, in room: Room) throws {
        let key = SQLiteValue.blob(id.bytes)
        var changed = try database.run("DELETE FROM incoming_webhooks WHERE id = ? AND room = ?", key, room.key.value)
        changed += try database.run("DELETE FROM outgoing_webhooks WHERE id = ? AND room = ?", key, room.key.value)
        guard changed == 1 else { throw StoreError.webhookMissing }
        webhooks = nil
    }

    func settle(_ number: Int64, of id: UUID, _ outcome: DeliveryOutcome, kept: Int) throws {
        let (key, delivery) = (SQLiteValue.blob(id.bytes), SQLiteValue.integer(number))
        let now = SQLiteValue.integer(clock.epochMilliseconds)
        switch outcome {
        case .told(let status):
            let changed = try database.run(
                """
                UPDATE deliveries SET ended = ?, attempts = attempts + 1, status = ?, error = NULL
                WHERE webhook = ? AND number = ? AND ended IS NULL
                """, now, .integer(status), key, delivery)
            try database.run("UPDATE outgoing_webhooks SET failures = 0 WHERE id = ? AND failures > 0", key)
            if changed == 1 { noteEnd(for: id) }
        case .void:
            let changed = try database.run(
                "UPDATE deliveries SET ended = ?, error = ? WHERE webhook = ? AND number = ? AND ended IS NULL", now,
                .text("The message was removed before this was told."), key, delivery)
            if changed == 1 { noteEnd(for: id) }
        case .failed(let status, let error, let retry):
            try note(status, error, due: retry, number, of: id)
        case .gaveUp(let status, let error, let reason):
            try note(status, error, due: clock.epochMilliseconds, number, of: id)
            return try disable(id, reason)
        }
        try database.run(
            "DELETE FROM deliveries WHERE webhook = ? AND number <= ? AND ended IS NOT NULL", key,
            .integer(number - Int64(kept)))
    }

    private func note(_ status: Int64?, _ error: String, due: Int64, _ number: Int64, of id: UUID) throws {
        let key = SQLiteValue.blob(id.bytes)
        try database.run(
            """
            UPDATE deliveries SET attempts = attempts + 1, status = ?, error = ?, due = ?
            WHERE webhook = ? AND number = ? AND ended IS NULL
            """, SQLiteValue(status), .text(error), .integer(due), key, .integer(number))
        try database.run("UPDATE outgoing_webhooks SET failures = failures + 1 WHERE id = ?", key)
    }

    /// One less waits for a webhook.
    private func noteEnd(for id: UUID) {
        for (room, rules) in webhooks ?? [:] {
            if let place = rules.firstIndex(where: { $0.id == id }) { webhooks?[room]?[place].waiting -= 1 }
        }
    }
}
