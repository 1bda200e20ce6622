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

    /// The newest messages of `range`, newest first, without their reactions.
    func messages(
        in room: RoomKey, _ range: Range<Int64>, newest limit: Int
    ) throws(SQLiteError) -> [StoredMessage] {
        try rows(
            """
            SELECT id, sequence, timestamp, author, token, client_id, person FROM messages
            WHERE room = ? AND sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
            """, .integer(room.rawValue), .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))
        ) { $0.message }
    }

    /// The oldest messages of `range`, oldest first, without their reactions.
    func messages(
        in room: RoomKey, _ range: Range<Int64>, oldest limit: Int
    ) throws(SQLiteError) -> [StoredMessage] {
        try rows(
            """
            SELECT id, sequence, timestamp, author, token, client_id, person FROM messages
            WHERE room = ? AND sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
            """, .integer(room.rawValue), .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))
        ) { $0.message }
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

    /// Of columns id, sequence, timestamp, author, token, client_id, person.
    fileprivate var message: StoredMessage {
        StoredMessage(
            place: place, author: UserID(trusted: text(3)), person: UUID(bytes: blob(6)).map { PersonID($0) },
            token: blob(4), clientID: optionalText(5))
    }
}
