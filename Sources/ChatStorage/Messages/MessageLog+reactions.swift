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
            try insert(draft, kind: (kinds.last?.number ?? 0) + 1, place: 1, at: place)
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
        let given = try database.place(ofReactionBy: draft.user, kind, in: room, to: place.sequence)
        if let given {
            try database.run(
                "DELETE FROM reactions WHERE room = ? AND sequence = ? AND kind = ? AND place = ?",
                .integer(room.rawValue), .integer(place.sequence), .integer(kind.number), .integer(given))
        } else {
            guard kind.count < draft.mostUsers else { throw StoreError.tooManyReactions }
            try insert(draft, kind: kind.number, place: kind.lastPlace + 1, at: place)
        }
    }

    private func insert(_ draft: ReactionDraft, kind: Int64, place: Int64, at message: MessagePlace) throws {
        try database.run(
            "INSERT INTO reactions (room, sequence, kind, place, reaction, user) VALUES (?, ?, ?, ?, ?, ?)",
            .integer(draft.room.key.rawValue), .integer(message.sequence), .integer(kind), .integer(place),
            .text(draft.text), .text(draft.user.text))
    }
}
