import Bytes
import Chat
import EventLoops
import SQLite

/// An outgoing webhook as the writer remembers it, so that a message of a room that has none costs a look into a table in
/// memory.
struct WebhookRule {
    let id: UUID
    /// The events that it is told, by their numbers.
    let events: Int64
    /// How much waits for it.
    var waiting: Int
}

extension MessageLog {
    /// Queues what outgoing webhooks are told of, in the transaction in which it happens.
    ///
    /// - Parameter start: from where on the events are this change's.
    func queueDeliveries(from start: Int, of events: inout [Event]) throws {
        guard start < events.count else { return }
        let rules = try knownWebhooks()
        guard !rules.isEmpty else { return }
        do {
            var queued: Set<UUID> = []
            for case .chat(let event) in events[start...] {
                guard let notice = Notice(event), let ofRoom = rules[notice.room] else { continue }
                for rule in ofRoom where rule.events & notice.event.bit != 0 {
                    try queue(notice, for: rule.id)
                    queued.insert(rule.id)
                }
            }
            if !queued.isEmpty { events.append(.queued(Array(queued))) }
        } catch {
            // What is remembered counts what was undone.
            webhooks = nil
            throw error
        }
    }

    func knownWebhooks() throws -> [RoomKey: [WebhookRule]] {
        if let webhooks { return webhooks }
        let found = try database.rows(
            """
            SELECT room, id, events,
                (SELECT count(*) FROM deliveries WHERE webhook = id AND ended IS NULL)
            FROM outgoing_webhooks WHERE disabled IS NULL
            """
        ) { row in
            UUID(bytes: row.blob(1)).map { id in
                (
                    RoomKey(rawValue: row.integer(0)),
                    WebhookRule(id: id, events: row.integer(2), waiting: Int(row.integer(3)))
                )
            }
        }
        let read = Dictionary(grouping: found.compactMap { $0 }) { $0.0 }.mapValues { $0.map(\.1) }
        webhooks = read
        return read
    }

    private func queue(_ notice: Notice, for id: UUID) throws {
        guard let place = webhooks?[notice.room]?.firstIndex(where: { $0.id == id }) else { return }
        let waiting = webhooks?[notice.room]?[place].waiting ?? 0
        guard waiting < webhookQueue else {
            return try disable(id, "More than \(webhookQueue) deliveries waited for it.")
        }
        webhooks?[notice.room]?[place].waiting = waiting + 1
        let key = SQLiteValue.blob(id.bytes)
        try database.run("UPDATE outgoing_webhooks SET last_delivery = last_delivery + 1 WHERE id = ?", key)
        let now = SQLiteValue.integer(clock.epochMilliseconds)
        try database.run(
            """
            INSERT INTO deliveries (webhook, number, event, sequence, user, created, due)
            SELECT id, last_delivery, ?2, ?3, ?4, ?5, ?5 FROM outgoing_webhooks WHERE id = ?1
            """, key, .integer(notice.event.number), SQLiteValue(notice.sequence), SQLiteValue(notice.user?.text), now)
    }

    /// The webhook is told nothing from now on, and what waits for it is given up.
    func disable(_ id: UUID, _ reason: String) throws {
        let key = SQLiteValue.blob(id.bytes)
        try database.run("UPDATE outgoing_webhooks SET disabled = ? WHERE id = ?", .text(reason), key)
        try database.run(
            "UPDATE deliveries SET ended = ?, error = coalesce(error, ?) WHERE webhook = ? AND ended IS NULL",
            .integer(clock.epochMilliseconds), .text("The webhook was turned off before this was told."), key)
        webhooks = nil
    }
}

/// What an outgoing webhook is told of.
private struct Notice {
    let room: RoomKey
    let event: WebhookEvent
    var sequence: Int64?
    var user: UserID?

    /// `nil` for what nobody is told of.
    init?(_ event: CommittedEvent) {
        switch event {
        case .posted(let room, let message, _):
            // Two programs that answer each other would never end.
            guard message.person?.kind != .webhook else { return nil }
            self.init(room, .message, message.sequence, message.author)
        case .reacted(let room, let update): self.init(room, .reaction, update.place.sequence, nil)
        case .changed(let room, .edited(let message, _)):
            self.init(room, .messageEdited, message.sequence, message.author)
        case .changed(let room, .removed(let removal)):
            self.init(room, .messageDeleted, removal.place.sequence, removal.user)
        case .room(let room, .enrolled(let member)): self.init(room, .memberJoined, nil, member.user)
        case .room(let room, .roleChanged(let member, nil)): self.init(room, .memberLeft, nil, member.user)
        case .changed, .room, .file, .cleared, .deleted: return nil
        }
    }

    private init(_ room: Room, _ event: WebhookEvent, _ sequence: Int64?, _ user: UserID?) {
        self.room = room.key
        self.event = event
        self.sequence = sequence
        self.user = user
    }
}

extension WebhookEvent {
    var bit: Int64 { 1 << number }
}

extension Set<WebhookEvent> {
    /// As it is stored.
    var bits: Int64 { reduce(0) { $0 | $1.bit } }

    init(bits: Int64) { self = Set(WebhookEvent.allCases.filter { bits & $0.bit != 0 }) }
}
