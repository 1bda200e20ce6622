import Chat
import SQLite

extension MessageLog {
    /// Gives a reaction, or takes it back.
    func toggle(_ draft: ReactionDraft, _ events: inout [Event]) throws -> ReactionUpdate {
        let (room, place) = (draft.room.key, try living(draft.message, in: draft.room).place)
        let isChanged = try change(draft, at: place)
        var update = ReactionUpdate(
            place: place,
            reactions: try database.reactions(in: room, to: place.sequence, listed: draft.mostListed),
            spelling: draft.spelling)
        guard isChanged else { return update }
        update.revision = try noteChange(at: place.sequence, in: room)
        events.append(.chat(.reacted(draft.room, update)))
        return update
    }

    /// `false` where all is as it is to be.
    private func change(_ draft: ReactionDraft, at place: MessagePlace) throws -> Bool {
        let room = draft.room.key
        let kinds = try database.reactionKinds(in: room, to: place.sequence)
        guard let kind = kinds.first(where: { draft.isOf($0.text) }) else {
            guard draft.operation != .remove else { return false }
            guard kinds.count < draft.mostKinds else { throw StoreError.tooManyReactions }
            try begin(draft, kind: (kinds.last?.number ?? 0) + 1, at: place)
            return true
        }
        if let given = try database.place(ofReactionBy: draft.user, kind, in: room, to: place.sequence) {
            guard draft.operation != .add else { return false }
            try database.run(
                "DELETE FROM reactions WHERE room = ? AND sequence = ? AND kind = ? AND place = ?",
                .integer(room.rawValue), .integer(place.sequence), .integer(kind.number), .integer(given))
            try kind.count > 1
                ? count(kind, kind.count - 1, lastPlace: kind.lastPlace, in: room, place) : end(kind, in: room, place)
        } else {
            guard draft.operation != .remove else { return false }
            guard kind.count < draft.mostUsers else { throw StoreError.tooManyReactions }
            try insert(draft, kind: kind.number, place: kind.lastPlace + 1, at: place)
            try count(kind, kind.count + 1, lastPlace: kind.lastPlace + 1, in: room, place)
        }
        return true
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
