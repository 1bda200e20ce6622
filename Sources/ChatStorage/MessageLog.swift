import Blobs
import Bytes
import Chat
import EventLoops
import SQLite

/// What the writer's thread does and remembers.
final class MessageLog: WriteConnection {
    typealias Event = StoreEvent

    /// How many message ids are set aside at once. A restart leaves the rest of them unused; in return no commit has to
    /// note which id was given last, and no start has to look for it.
    private static let idsSetAside: Int64 = 100_000
    /// How many rooms' ends are remembered before the memory is emptied.
    private static let rememberedHeads = 100_000

    let database: Database
    let clock: any WallClock
    let retention: Retention
    var heads: [RoomKey: RoomHead] = [:]
    /// Rooms that may hold too many messages.
    var grown: Set<RoomKey> = []
    /// Whether every room was swept since the start.
    var hasSweptAll = false
    private var lastID: Int64
    /// Ids up to this one are set aside in the database.
    private var setAside: Int64
    /// How many rooms there are, once that was asked for.
    var roomCount: Int?
    /// How many accounts there are, once that was asked for.
    var accountCount: Int?
    /// How many profiles guests have, once that was asked for.
    var profileCount: Int?
    /// Files whose bytes are to go once the transaction is committed.
    var removedFiles: [BlobID] = []
    /// The outgoing webhooks that are told something, once that was asked for.
    var webhooks: [RoomKey: [WebhookRule]]?
    /// How much may wait for one of them.
    let webhookQueue: Int
    let observers: Locked<StoreObservers>
    private var hasDestroyedKey = false
    private var hasErased = false
    /// When the log was emptied last, in milliseconds since 1970.
    private var emptied: Int64?

    init(
        _ database: Database, clock: any WallClock, retention: Retention, observers: Locked<StoreObservers>,
        webhookQueue: Int
    ) throws(SQLiteError) {
        self.webhookQueue = webhookQueue
        self.observers = observers
        self.database = database
        self.clock = clock
        self.retention = retention
        lastID = try database.integer("SELECT value FROM counters WHERE name = 'message_id'")
        setAside = lastID
    }

    func willCommit() throws {
        // What is too much for one commit is left to the next.
        for room in grown where try prune(room) { grown.remove(room) }
        try takeRemovedFiles()
        guard lastID > setAside else { return }
        try database.run(
            "INSERT OR REPLACE INTO counters (name, value) VALUES ('message_id', ?)",
            .integer(lastID + Self.idsSetAside))
        setAside = lastID + Self.idsSetAside
    }

    func didRollBack() {
        heads = [:]
        grown = []
        removedFiles = []
        roomCount = nil
        accountCount = nil
        profileCount = nil
        webhooks = nil
        hasDestroyedKey = false
        hasErased = false
        // The note of the ids may be among what was undone: the next commit writes it again.
        setAside = 0
    }

    func didCommit() {
        tellOfRemovedFiles()
        if heads.count > Self.rememberedHeads { heads = [:] }
        let now = clock.epochMilliseconds
        // Not for each of many messages that are removed: a reader in the way costs time.
        let isDue = hasErased && (emptied.map { now - $0 >= Self.emptyingInterval || now < $0 } ?? true)
        guard hasDestroyedKey || isDue else { return }
        hasDestroyedKey = false
        hasErased = false
        emptied = now
        // Where a reader is in the way, the copy in the log goes with a later checkpoint.
        _ = try? database.emptyLog()
    }

    /// Milliseconds between two times at which the log is emptied of what was removed.
    private static let emptyingInterval: Int64 = 5000

    func append(_ draft: MessageDraft, _ events: inout [Event]) throws -> Message {
        var head = try head(of: draft.room.key)
        let links = try links(of: draft)
        let place = MessagePlace(
            id: MessageID(rawValue: lastID + 1), sequence: head.sequence + 1,
            timestamp: max(clock.epochMilliseconds, head.timestamp + 1))
        let inserted = try database.run(
            """
            INSERT INTO messages (room, sequence, id, timestamp, author, person, token, client_id, reply_to, thread)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (room, author, client_id) WHERE client_id IS NOT NULL DO NOTHING
            """,
            .integer(draft.room.key.rawValue), .integer(place.sequence), .integer(place.id.rawValue),
            .integer(place.timestamp), .text(draft.author.user.text),
            .blob(draft.author.person.uuid.bytes), .utf8(draft.token), SQLiteValue(draft.clientID),
            SQLiteValue(links.replyTo), SQLiteValue(links.thread))
        guard inserted == 1 else { return try earlier(draft, links.marks) }
        try attach(draft, at: place)
        try attachPending(draft, at: place)
        lastID += 1
        head.sequence = place.sequence
        head.timestamp = place.timestamp
        head.oldestTimestamp = min(head.oldestTimestamp, place.timestamp)
        heads[draft.room.key] = head
        if head.isOver(at: place.timestamp) { grown.insert(draft.room.key) }
        var message = Message(draft, at: place, marks: links.marks)
        if !draft.uploads.isEmpty { try addPending(to: &message, of: draft) }
        events.append(.chat(.posted(draft.room, message, origin: draft.origin)))
        for file in message.attachments { events.append(.chat(.file(draft.room, .uploaded(file)))) }
        if let thread = links.thread { try joined(thread, in: draft.room.key, at: place) }
        if !draft.mentions.isEmpty {
            let named = try mention(draft.mentions, at: place, in: draft.room, by: draft.author)
            if !named.isEmpty { events.append(.chat(.changed(draft.room, .mentioned(message, named)))) }
        }
        return message
    }

    /// The message that the author has posted under the draft's client id.
    private func earlier(_ draft: MessageDraft, _ marks: MessageMarks) throws -> Message {
        let place = try database.first(
            "SELECT id, sequence, timestamp FROM messages WHERE room = ? AND author = ? AND client_id = ?",
            .integer(draft.room.key.rawValue), .text(draft.author.user.text), SQLiteValue(draft.clientID)
        ) { $0.place }
        guard let place else { throw StoreError.messageMissing }
        var former = draft
        former.attachments = []
        var message = Message(former, at: place, marks: marks)
        message.attachments = try attachments(at: place, in: draft.room)
        message.marks.files = Int64(message.attachments.count)
        return message
    }

    private func attachments(at place: MessagePlace, in room: Room) throws -> [Attachment] {
        try database.attachments(at: place.sequence, in: room.key).compactMap { room.open($0) }
    }

    /// Adds the files that waited for the message; those that it brought itself it has.
    private func addPending(to message: inout Message, of draft: MessageDraft) throws {
        let all = try attachments(at: message.place, in: draft.room)
        message.attachments += all.filter { draft.uploads.contains($0.facts.id) }
        message.marks.files = Int64(message.attachments.count)
    }

    func clear(_ room: Room, _ events: inout [Event]) throws {
        var head = try head(of: room.key)
        try setFloor(head, of: room.key)
        try overwriting {
            try database.run("DELETE FROM messages WHERE room = ?", .integer(room.key.rawValue))
        }
        head.oldest = head.sequence + 1
        head.oldestTimestamp = .max
        heads[room.key] = head
        events.append(.chat(.cleared(room)))
    }

    /// Has what `body` deletes overwritten, wherever it lies in the file, and takes its copy out of the log soon.
    func overwriting(_ body: () throws -> Void) throws {
        // By default only what lies on pages that are written anyway is overwritten.
        try database.script("PRAGMA secure_delete = ON")
        defer { _ = try? database.script("PRAGMA secure_delete = FAST") }
        try body()
        hasErased = true
    }

    /// Notes that a room and its key are gone.
    func forget(_ room: RoomKey) {
        heads[room] = nil
        grown.remove(room)
        webhooks?[room] = nil
        roomCount = roomCount.map { $0 - 1 }
        hasDestroyedKey = true
    }
}
