import Bytes
import Chat
import SQLite

/// Where messages lie; used by the writer and by readers alike.
extension Database {
    /// The first message at or after a sequence.
    func place(in room: RoomKey, from sequence: Int64) throws(SQLiteError) -> MessagePlace? {
        try first(
            """
            SELECT id, sequence, timestamp FROM messages WHERE room = ? AND sequence >= ? ORDER BY sequence LIMIT 1
            """, .integer(room.rawValue), .integer(sequence)
        ) { $0.place }
    }

    /// The newest message.
    func lastPlace(in room: RoomKey) throws(SQLiteError) -> MessagePlace? {
        try first(
            "SELECT id, sequence, timestamp FROM messages WHERE room = ? ORDER BY sequence DESC LIMIT 1",
            .integer(room.rawValue)
        ) { $0.place }
    }

    /// The first place that satisfies `condition`, which then holds for all after it; `nil` where none does.
    ///
    /// Ids and timestamps grow with the sequence, so that no index of their own is needed: a room of a million messages
    /// takes twenty steps.
    func firstPlace(
        in room: RoomKey, where condition: (MessagePlace) -> Bool
    ) throws(SQLiteError) -> MessagePlace? {
        guard let last = try lastPlace(in: room), condition(last), let first = try place(in: room, from: 0) else {
            return nil
        }
        var low = first.sequence
        var high = last.sequence
        while low < high {
            let middle = low + (high - low) / 2
            guard let place = try place(in: room, from: middle) else { return nil }
            if condition(place) { high = middle } else { low = place.sequence + 1 }
        }
        return try place(in: room, from: low)
    }

    /// The newest messages of `part`, newest first, without their reactions.
    func messages(in part: HistoryPart, newest limit: Int) throws(SQLiteError) -> [StoredMessage] {
        let (room, range) = (SQLiteValue.integer(part.room.rawValue), part.sequences)
        let (start, end, limit) = (
            SQLiteValue.integer(range.lowerBound), SQLiteValue.integer(range.upperBound),
            SQLiteValue.integer(Int64(limit))
        )
        let deleted = SQLiteValue.integer(part.includesDeleted ? 1 : 0)
        guard let thread = part.thread else {
            return try rows(
                """
                SELECT * FROM message_rows WHERE room = ? AND sequence >= ? AND sequence < ? AND (deleted IS NULL OR ?)
                ORDER BY sequence DESC LIMIT ?
                """, room, start, end, deleted, limit
            ) { $0.message }
        }
        return try rows(
            """
            SELECT * FROM message_rows WHERE room = ? AND thread = ? AND sequence >= ? AND sequence < ?
            AND (deleted IS NULL OR ?) ORDER BY sequence DESC LIMIT ?
            """, room, .integer(thread), start, end, deleted, limit
        ) { $0.message }
    }

    /// The oldest messages of `part`, oldest first, without their reactions.
    func messages(in part: HistoryPart, oldest limit: Int) throws(SQLiteError) -> [StoredMessage] {
        let (room, range) = (SQLiteValue.integer(part.room.rawValue), part.sequences)
        let (start, end, limit) = (
            SQLiteValue.integer(range.lowerBound), SQLiteValue.integer(range.upperBound),
            SQLiteValue.integer(Int64(limit))
        )
        let deleted = SQLiteValue.integer(part.includesDeleted ? 1 : 0)
        guard let thread = part.thread else {
            return try rows(
                """
                SELECT * FROM message_rows WHERE room = ? AND sequence >= ? AND sequence < ? AND (deleted IS NULL OR ?)
                ORDER BY sequence LIMIT ?
                """, room, start, end, deleted, limit
            ) { $0.message }
        }
        return try rows(
            """
            SELECT * FROM message_rows WHERE room = ? AND thread = ? AND sequence >= ? AND sequence < ?
            AND (deleted IS NULL OR ?) ORDER BY sequence LIMIT ?
            """, room, .integer(thread), start, end, deleted, limit
        ) { $0.message }
    }

    /// One message, without its reactions.
    func message(at place: MessagePlace, in room: RoomKey) throws(SQLiteError) -> StoredMessage? {
        try message(place.sequence, in: room)
    }

    /// The message of a sequence, without its reactions.
    func message(_ sequence: Int64, in room: RoomKey) throws(SQLiteError) -> StoredMessage? {
        try first(
            "SELECT * FROM message_rows WHERE room = ? AND sequence = ?", .integer(room.rawValue), .integer(sequence)
        ) { $0.message }
    }

    /// Where the message lies that a reference names; `nil` where there is none.
    func place(of reference: MessageReference, in room: RoomKey) throws(SQLiteError) -> MessagePlace? {
        let found = try firstPlace(in: room) { reference.names($0) || reference.isBefore($0) }
        return found.flatMap { reference.names($0) ? $0 : nil }
    }

    // MARK: Reactions

    /// The reactions to one message, in the order in which the first of each kind was given, with the first names.
    func reactions(in room: RoomKey, to sequence: Int64, listed most: Int) throws(SQLiteError) -> [Reaction] {
        var reactions: [Reaction] = []
        for kind in try reactionKinds(in: room, to: sequence) {
            let users = try rows(
                """
                SELECT user FROM reactions WHERE room = ? AND sequence = ? AND kind = ? ORDER BY place LIMIT ?
                """, .integer(room.rawValue), .integer(sequence), .integer(kind.number), .integer(Int64(most))
            ) { UserID(trusted: $0.text(0)) }
            reactions.append(Reaction(text: kind.text, users: users, count: kind.count))
        }
        return reactions
    }

    /// The kinds of reactions to one message, in the order in which the first of each was given.
    func reactionKinds(in room: RoomKey, to sequence: Int64) throws(SQLiteError) -> [ReactionKind] {
        try rows(
            """
            SELECT kind, reaction, count, last_place FROM reaction_kinds WHERE room = ? AND sequence = ? ORDER BY kind
            """, .integer(room.rawValue), .integer(sequence)
        ) { ReactionKind(number: $0.integer(0), text: $0.text(1), count: Int($0.integer(2)), lastPlace: $0.integer(3)) }
    }

    /// Where the user's reaction of a kind lies; `nil` where there is none.
    func place(
        ofReactionBy user: UserID, _ kind: ReactionKind, in room: RoomKey, to sequence: Int64
    ) throws(SQLiteError) -> Int64? {
        try first(
            "SELECT place FROM reactions WHERE room = ? AND sequence = ? AND kind = ? AND user = ?",
            .integer(room.rawValue), .integer(sequence), .integer(kind.number), .text(user.text)
        ) { $0.integer(0) }
    }
}

/// One kind of reaction to a message.
struct ReactionKind {
    let number: Int64
    let text: String
    let count: Int
    /// A place that all who gave it are at or before.
    let lastPlace: Int64
}

extension Row {
    /// Of columns id, sequence, timestamp.
    var place: MessagePlace {
        MessagePlace(id: MessageID(rawValue: integer(0)), sequence: integer(1), timestamp: integer(2))
    }

    /// Of `message_rows`.
    var message: StoredMessage {
        var marks = MessageMarks()
        marks.edited = optionalInteger(7)
        marks.deleted = optionalInteger(8)
        marks.replyTo = optionalInteger(9).map { MessageID(rawValue: $0) }
        marks.thread = optionalInteger(10).map { MessageID(rawValue: $0) }
        marks.isPinned = integer(11) != 0
        marks.files = integer(12)
        marks.answers = optionalInteger(13).map { ThreadSummary(count: $0, last: integer(14)) }
        return StoredMessage(
            place: place, author: UserID(trusted: text(3)), person: UUID(bytes: blob(6)).map { PersonID($0) },
            token: blob(4), clientID: optionalText(5), marks: marks)
    }
}

/// Some of the messages of a room.
struct HistoryPart {
    var room: RoomKey
    var sequences: Range<Int64>
    /// Only those of the thread that begins there.
    var thread: Int64?
    /// Whether the places of removed messages are among them.
    var includesDeleted = false
}
