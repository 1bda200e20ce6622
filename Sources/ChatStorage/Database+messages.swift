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

    /// The messages of `range`, oldest first: the newest `limit` of them, or the oldest.
    func messages(
        in room: RoomKey, _ range: Range<Int64>, newest limit: Int
    ) throws(SQLiteError) -> [StoredMessage] {
        let rows = try rows(
            """
            SELECT id, sequence, timestamp, author, token, client_id FROM messages
            WHERE room = ? AND sequence >= ? AND sequence < ? ORDER BY sequence DESC LIMIT ?
            """, .integer(room.rawValue), .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))
        ) { $0.message }
        return try withReactions(rows.reversed(), in: room)
    }

    /// The messages of `range`, oldest first: the oldest `limit` of them.
    func messages(
        in room: RoomKey, _ range: Range<Int64>, oldest limit: Int
    ) throws(SQLiteError) -> [StoredMessage] {
        let rows = try rows(
            """
            SELECT id, sequence, timestamp, author, token, client_id FROM messages
            WHERE room = ? AND sequence >= ? AND sequence < ? ORDER BY sequence LIMIT ?
            """, .integer(room.rawValue), .integer(range.lowerBound), .integer(range.upperBound), .integer(Int64(limit))
        ) { $0.message }
        return try withReactions(rows, in: room)
    }

    /// The reactions to one message.
    func reactions(in room: RoomKey, to sequence: Int64) throws(SQLiteError) -> [StoredReaction] {
        try rows(
            """
            SELECT sequence, kind, place, reaction, user FROM reactions WHERE room = ? AND sequence = ?
            ORDER BY kind, place
            """, .integer(room.rawValue), .integer(sequence)
        ) { $0.reaction }
    }

    private func withReactions(
        _ messages: [StoredMessage], in room: RoomKey
    ) throws(SQLiteError) -> [StoredMessage] {
        guard let first = messages.first, let last = messages.last else { return messages }
        let found = try rows(
            """
            SELECT sequence, kind, place, reaction, user FROM reactions WHERE room = ? AND sequence BETWEEN ? AND ?
            ORDER BY sequence, kind, place
            """, .integer(room.rawValue), .integer(first.place.sequence), .integer(last.place.sequence)
        ) { $0.reaction }
        guard !found.isEmpty else { return messages }
        let reactions = Dictionary(grouping: found, by: \.sequence)
        return messages.map { message in
            var message = message
            message.reactions = reactions[message.place.sequence].map { $0.grouped } ?? []
            return message
        }
    }
}

/// One row of `reactions`.
struct StoredReaction {
    let sequence: Int64
    let kind: Int64
    let place: Int64
    let text: String
    let user: UserID
}

extension [StoredReaction] {
    /// One entry for each kind, both in the order in which they were given.
    var grouped: [Reaction] {
        var reactions: [Reaction] = []
        for row in self {
            if reactions.last?.text == row.text {
                reactions[reactions.count - 1].users.append(row.user)
            } else {
                reactions.append(Reaction(text: row.text, users: [row.user]))
            }
        }
        return reactions
    }
}

extension Row {
    /// Of columns id, sequence, timestamp.
    var place: MessagePlace {
        MessagePlace(id: MessageID(rawValue: integer(0)), sequence: integer(1), timestamp: integer(2))
    }

    /// Of columns id, sequence, timestamp, author, token, client_id.
    fileprivate var message: StoredMessage {
        StoredMessage(place: place, author: UserID(trusted: text(3)), token: blob(4), clientID: optionalText(5))
    }

    /// Of columns sequence, kind, place, reaction, user.
    fileprivate var reaction: StoredReaction {
        StoredReaction(
            sequence: integer(0), kind: integer(1), place: integer(2), text: text(3), user: UserID(trusted: text(4)))
    }
}
