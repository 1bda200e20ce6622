import Chat
import SQLite

extension MessageLog {
    /// Gives a reaction, or takes it back.
    func toggle(_ draft: ReactionDraft, _ events: inout [Event]) throws -> ReactionUpdate {
        let room = draft.room.key
        guard try database.exists(room) else { throw StoreError.roomMissing }
        let found = try database.firstPlace(in: room) { draft.message.names($0) || draft.message.isBefore($0) }
        guard let place = found, draft.message.names(place) else { throw StoreError.messageMissing }
        let kinds = try database.reactionKinds(in: room, to: place.sequence)
        if let kind = kinds.first(where: { $0.text == draft.text }) {
            try toggle(draft, kind, at: place)
        } else {
            guard kinds.count < draft.mostKinds else { throw StoreError.tooManyReactions }
            try begin(draft, kind: (kinds.last?.number ?? 0) + 1, at: place)
        }
        let update = ReactionUpdate(
            place: place,
            reactions: try database.reactions(in: room, to: place.sequence, listed: draft.mostListed),
            spelling: draft.spelling)
        events.append(.chat(.reacted(draft.room, update)))
        return update
    }

    private func toggle(_ draft: ReactionDraft, _ kind: ReactionKind, at place: MessagePlace) throws {
        let room = draft.room.key
        if let given = try database.place(ofReactionBy: draft.user, kind, in: room, to: place.sequence) {
            try database.run(
                "DELETE FROM reactions WHERE room = ? AND sequence = ? AND kind = ? AND place = ?",
                .integer(room.rawValue), .integer(place.sequence), .integer(kind.number), .integer(given))
            try kind.count > 1
                ? count(kind, kind.count - 1, lastPlace: kind.lastPlace, in: room, place) : end(kind, in: room, place)
        } else {
            guard kind.count < draft.mostUsers else { throw StoreError.tooManyReactions }
            try insert(draft, kind: kind.number, place: kind.lastPlace + 1, at: place)
            try count(kind, kind.count + 1, lastPlace: kind.lastPlace + 1, in: room, place)
        }
    }

    /// Gives the first reaction of a kind.
    private func begin(_ draft: ReactionDraft, kind: Int64, at message: MessagePlace) throws {
        try database.run(
            """
            INSERT INTO reaction_kinds (room, sequence, kind, reaction, count, last_place) VALUES (?, ?, ?, ?, 1, 1)
            """, .integer(draft.room.key.rawValue), .integer(message.sequence), .integer(kind), .text(draft.text))
        try insert(draft, kind: kind, place: 1, at: message)
    }

    /// Sets how many gave a kind of reaction.
    private func count(
        _ kind: ReactionKind, _ count: Int, lastPlace: Int64, in room: RoomKey, _ message: MessagePlace
    ) throws {
        try database.run(
            "UPDATE reaction_kinds SET count = ?, last_place = ? WHERE room = ? AND sequence = ? AND kind = ?",
            .integer(Int64(count)), .integer(lastPlace), .integer(room.rawValue), .integer(message.sequence),
            .integer(kind.number))
    }

    private func end(_ kind: ReactionKind, in room: RoomKey, _ message: MessagePlace) throws {
        try database.run(
            "DELETE FROM reaction_kinds WHERE room = ? AND sequence = ? AND kind = ?",
            .integer(room.rawValue), .integer(message.sequence), .integer(kind.number))
    }

    private func insert(_ draft: ReactionDraft, kind: Int64, place: Int64, at message: MessagePlace) throws {
        try database.run(
            "INSERT INTO reactions (room, sequence, kind, place, user) VALUES (?, ?, ?, ?, ?)",
            .integer(draft.room.key.rawValue), .integer(message.sequence), .integer(kind), .integer(place),
            .text(draft.user.text))
    }
}
