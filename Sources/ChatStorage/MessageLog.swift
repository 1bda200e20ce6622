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
    private let messagesPerRoom: Int64
    private var heads: [RoomKey: RoomHead] = [:]
    /// Rooms that may hold too many messages.
    private var grown: Set<RoomKey> = []
    private var lastID: Int64
    /// Ids up to this one are set aside in the database.
    private var setAside: Int64
    /// How many rooms there are, once that was asked for.
    var roomCount: Int?
    /// How many accounts there are, once that was asked for.
    var accountCount: Int?
    private var hasDestroyedKey = false

    init(_ database: Database, clock: any WallClock, messagesPerRoom: Int) throws(SQLiteError) {
        self.database = database
        self.clock = clock
        self.messagesPerRoom = Int64(max(messagesPerRoom, 1))
        lastID = try database.integer("SELECT value FROM counters WHERE name = 'message_id'")
        setAside = lastID
    }

    func willCommit() throws {
        for room in grown { try prune(room) }
        grown = []
        guard lastID > setAside else { return }
        try database.run(
            "INSERT OR REPLACE INTO counters (name, value) VALUES ('message_id', ?)",
            .integer(lastID + Self.idsSetAside))
        setAside = lastID + Self.idsSetAside
    }

    func didRollBack() {
        heads = [:]
        grown = []
        roomCount = nil
        accountCount = nil
        hasDestroyedKey = false
        // The note of the ids may be among what was undone: the next commit writes it again.
        setAside = 0
    }

    func didCommit() {
        if heads.count > Self.rememberedHeads { heads = [:] }
        guard hasDestroyedKey else { return }
        hasDestroyedKey = false
        // Where a reader is in the way, the copy in the log goes with a later checkpoint.
        _ = try? database.emptyLog()
    }

    func append(_ draft: MessageDraft, _ events: inout [Event]) throws -> MessagePlace {
        var head = try head(of: draft.room.key)
        let place = MessagePlace(
            id: MessageID(rawValue: lastID + 1), sequence: head.sequence + 1,
            timestamp: max(clock.epochMilliseconds, head.timestamp + 1))
        let inserted = try database.run(
            """
            INSERT INTO messages (room, sequence, id, timestamp, author, person, token, client_id)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (room, author, client_id) WHERE client_id IS NOT NULL DO NOTHING
            """,
            .integer(draft.room.key.rawValue), .integer(place.sequence), .integer(place.id.rawValue),
            .integer(place.timestamp), .text(draft.author.user.text),
            .blob(draft.author.person.uuid.bytes), .utf8(draft.token), SQLiteValue(draft.clientID))
        guard inserted == 1 else { return try earlier(draft) }
        lastID += 1
        head.sequence = place.sequence
        head.timestamp = place.timestamp
        heads[draft.room.key] = head
        if head.sequence - head.oldest >= messagesPerRoom { grown.insert(draft.room.key) }
        events.append(.chat(.posted(draft.room, Message(draft, at: place), origin: draft.origin)))
        return place
    }

    /// The message that the author has posted under the draft's client id.
    private func earlier(_ draft: MessageDraft) throws -> MessagePlace {
        let place = try database.first(
            "SELECT id, sequence, timestamp FROM messages WHERE room = ? AND author = ? AND client_id = ?",
            .integer(draft.room.key.rawValue), .text(draft.author.user.text), SQLiteValue(draft.clientID)
        ) { $0.place }
        guard let place else { throw StoreError.messageMissing }
        return place
    }

    private func prune(_ room: RoomKey) throws {
        guard var head = heads[room] else { return }
        let oldest = head.sequence - messagesPerRoom + 1
        guard head.oldest < oldest else { return }
        try database.run(
            "DELETE FROM messages WHERE room = ? AND sequence < ?", .integer(room.rawValue), .integer(oldest))
        head.oldest = oldest
        heads[room] = head
    }

    func clear(_ room: Room, _ events: inout [Event]) throws {
        var head = try head(of: room.key)
        try database.run(
            "UPDATE rooms SET floor_sequence = ?, floor_timestamp = ? WHERE key = ?",
            .integer(head.sequence), .integer(head.timestamp), .integer(room.key.rawValue))
        try database.run("DELETE FROM messages WHERE room = ?", .integer(room.key.rawValue))
        head.oldest = head.sequence + 1
        heads[room.key] = head
        events.append(.chat(.cleared(room)))
    }

    /// Throws `roomMissing` for a room that was deleted.
    private func head(of room: RoomKey) throws -> RoomHead {
        if let head = heads[room] { return head }
        let floor = try database.first(
            "SELECT floor_sequence, floor_timestamp FROM rooms WHERE key = ?", .integer(room.rawValue)
        ) { (sequence: $0.integer(0), timestamp: $0.integer(1)) }
        guard let floor else { throw StoreError.roomMissing }
        guard let last = try database.lastPlace(in: room), let first = try database.place(in: room, from: 0) else {
            return RoomHead(sequence: floor.sequence, timestamp: floor.timestamp, oldest: floor.sequence + 1)
        }
        return RoomHead(sequence: last.sequence, timestamp: last.timestamp, oldest: first.sequence)
    }

    /// Notes that a room and its key are gone.
    func forget(_ room: RoomKey) {
        heads[room] = nil
        grown.remove(room)
        roomCount = roomCount.map { $0 - 1 }
        hasDestroyedKey = true
    }
}

/// Where a room's messages begin and end.
struct RoomHead {
    var sequence: Int64
    var timestamp: Int64
    /// The least sequence that a message of the room may have.
    var oldest: Int64
}
