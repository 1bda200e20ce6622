import Chat
import EventLoops
import SQLite

/// How much a room keeps.
struct Retention {
    /// How many of its newest messages.
    var messages: Int64
    /// For how many seconds; `nil` for any.
    var seconds: Int64?
}

/// Where a room's messages begin and end.
struct RoomHead {
    var sequence: Int64
    var timestamp: Int64
    /// The least sequence that a message of the room may have.
    var oldest: Int64
    /// The timestamp of the oldest message.
    var oldestTimestamp: Int64
    let retention: Retention

    /// Whether there is more than the room keeps.
    func isOver(at time: Int64) -> Bool {
        sequence - oldest >= retention.messages || retention.cutoff(at: time).map { oldestTimestamp < $0 } ?? false
    }
}

extension Retention {
    /// Messages before this time go; `nil` where none go for their age.
    fileprivate func cutoff(at time: Int64) -> Int64? {
        seconds.map { time - min($0, 1 << 40) * 1000 }
    }
}

extension MessageLog {
    /// How many messages of a room go in one commit at most: a limit that was made much smaller keeps nobody waiting.
    private static let step: Int64 = 2_000
    /// How many rooms one step of a sweep looks at.
    private static let roomsPerStep = 64

    /// Throws `roomMissing` for a room that was deleted.
    func head(of room: RoomKey) throws -> RoomHead {
        if let head = heads[room] { return head }
        let found = try database.first(
            "SELECT floor_sequence, floor_timestamp, kept_messages, kept_seconds FROM rooms WHERE key = ?", room.value
        ) { row in
            RoomHead(
                sequence: row.integer(0), timestamp: row.integer(1), oldest: row.integer(0) + 1, oldestTimestamp: .max,
                retention: retention(messages: row.optionalInteger(2), seconds: row.optionalInteger(3)))
        }
        guard var head = found else { throw StoreError.roomMissing }
        guard let last = try database.lastPlace(in: room), let first = try database.place(in: room, from: 0) else {
            return head
        }
        head.sequence = last.sequence
        head.timestamp = last.timestamp
        head.oldest = first.sequence
        head.oldestTimestamp = first.timestamp
        return head
    }

    private func retention(messages: Int64?, seconds: Int64?) -> Retention {
        Retention(messages: max(messages ?? retention.messages, 1), seconds: seconds ?? retention.seconds)
    }

    /// A room keeps more, or less, from now on.
    func retentionChanged(of room: RoomKey) {
        heads[room] = nil
        grown.insert(room)
    }

    /// Removes what is over the limits of a room, in a bounded step; `false` where there is more.
    func prune(_ room: RoomKey) throws -> Bool {
        var head = try head(of: room)
        defer { heads[room] = head }
        let wanted = try oldestToKeep(of: room, head)
        guard head.oldest < wanted else { return true }
        let end = min(wanted, head.oldest + Self.step)
        try database.run("DELETE FROM messages WHERE room = ? AND sequence < ?", room.value, .integer(end))
        head.oldest = end
        let first = try database.place(in: room, from: end)
        head.oldestTimestamp = first?.timestamp ?? .max
        // The numbers go on from where they were, when there is nothing left to tell.
        if first == nil { try setFloor(head, of: room) }
        return end == wanted
    }

    func setFloor(_ head: RoomHead, of room: RoomKey) throws {
        try database.run(
            "UPDATE rooms SET floor_sequence = ?, floor_timestamp = ? WHERE key = ?", .integer(head.sequence),
            .integer(head.timestamp), room.value)
    }

    private func oldestToKeep(of room: RoomKey, _ head: RoomHead) throws -> Int64 {
        let byCount = head.sequence - head.retention.messages + 1
        guard let cutoff = head.retention.cutoff(at: clock.epochMilliseconds), head.oldestTimestamp < cutoff else {
            return byCount
        }
        let first = try database.firstPlace(in: room) { $0.timestamp >= cutoff }
        return max(byCount, first?.sequence ?? head.sequence + 1)
    }

    /// One step of a sweep: the rooms after one that have limits of their own, or all; gives where to go on.
    func sweep(after room: RoomKey?) throws -> RoomKey? {
        let all = !hasSweptAll || retention.seconds != nil
        let rooms = try database.rows(
            """
            SELECT key FROM rooms WHERE key > ? AND (? OR kept_messages IS NOT NULL OR kept_seconds IS NOT NULL)
            ORDER BY key LIMIT ?
            """, .integer(room?.rawValue ?? 0), .integer(all ? 1 : 0), .integer(Int64(Self.roomsPerStep))
        ) { RoomKey(rawValue: $0.integer(0)) }
        var former = room ?? RoomKey(rawValue: 0)
        for room in rooms {
            guard try prune(room) else { return former }
            former = room
        }
        if rooms.count == Self.roomsPerStep { return former }
        hasSweptAll = true
        return nil
    }
}
