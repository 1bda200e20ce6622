import Accounts
import Chat
import EventLoops
import SQLite

extension MessageLog {
    // MARK: Editing

    func edit(_ draft: EditDraft, _ events: inout [Event]) throws -> Message {
        let facts = try living(draft.message, in: draft.room)
        let (room, sequence) = (draft.room.key.value, SQLiteValue.integer(facts.place.sequence))
        guard facts.person == draft.author.person else { throw StoreError.notAuthor }
        let now = clock.epochMilliseconds
        guard now - facts.place.timestamp <= draft.longest * 1000 else {
            throw StoreError.editTooLate(seconds: draft.longest)
        }
        let count = try database.first(
            "SELECT count(*) FROM edits WHERE room = ? AND sequence = ?", room, sequence
        ) { $0.integer(0) }
        guard count ?? 0 < draft.most else { throw StoreError.tooManyEdits }
        let time = max(now, (facts.edited ?? 0) + 1)
        try database.run(
            """
            INSERT INTO edits (room, sequence, edited, token)
            SELECT room, sequence, ?, token FROM messages WHERE room = ? AND sequence = ?
            """, .integer(time), room, sequence)
        try database.run(
            "UPDATE messages SET token = ?, edited = ? WHERE room = ? AND sequence = ?", .utf8(draft.token),
            .integer(time), room, sequence)
        // It says something now beside its file, and stays when that goes.
        try database.run("UPDATE attachments SET is_alone = 0 WHERE room = ? AND sequence = ?", room, sequence)
        let revision = try noteChange(at: facts.place.sequence, in: draft.room.key)
        return try announce(draft, at: facts.place, revision, &events)
    }

    /// Tells of an edit, and those whom the text names from now on.
    private func announce(
        _ draft: EditDraft, at place: MessagePlace, _ revision: Int64, _ events: inout [Event]
    ) throws -> Message {
        let room = draft.room.key
        guard let stored = try database.message(at: place, in: room) else { throw StoreError.messageMissing }
        let reactions = try database.reactions(in: room, to: place.sequence, listed: draft.listedReactors)
        var message = Message(
            id: place.id, sequence: place.sequence, timestamp: place.timestamp, author: stored.author,
            person: stored.person, text: draft.text, clientID: stored.clientID, reactions: reactions,
            marks: stored.marks)
        message.attachments = try database.attachments(of: stored, in: room).compactMap { draft.room.open($0) }
        events.append(.chat(.changed(draft.room, .edited(message, revision: revision))))
        let known = try mentioned(at: place, in: room)
        try database.run(
            "DELETE FROM mentions WHERE room = ? AND sequence = ?", room.value, .integer(place.sequence))
        let named = try mention(draft.mentions, at: place, in: draft.room, by: draft.author)
        let news = named.filter { !known.contains($0) }
        if !news.isEmpty { events.append(.chat(.changed(draft.room, .mentioned(message, news)))) }
        return message
    }

    // MARK: Removing

    /// The row stays with its place and its author's client id, so that the message does not come back when sent again.
    func remove(_ draft: RemovalDraft, _ events: inout [Event]) throws -> Removal {
        let facts = try living(draft.message, in: draft.room)
        let isOwn = facts.person == draft.author.person
        guard isOwn || draft.isModerator else { throw StoreError.notAuthor }
        let files = try database.attachments(at: facts.place.sequence, in: draft.room.key)
        let revision = try erase(facts, in: draft.room.key)
        let removal = Removal(
            place: facts.place, user: draft.author.user, isByModerator: !isOwn, revision: revision)
        events.append(.chat(.changed(draft.room, .removed(removal))))
        for file in files { tellOfRemoval(of: file, by: draft.author.user, in: draft.room, &events) }
        if !isOwn || draft.deed?.reason != nil { try note(draft.deed, &events) }
        return removal
    }

    /// Gives the room's new revision.
    @discardableResult
    func erase(_ facts: MessageFacts, in key: RoomKey) throws -> Int64 {
        let (room, sequence) = (key.value, SQLiteValue.integer(facts.place.sequence))
        try overwriting {
            try database.run(
                """
                UPDATE messages SET token = '', deleted = ?, edited = NULL, reply_to = NULL, files = 0
                WHERE room = ? AND sequence = ?
                """, .integer(clock.epochMilliseconds), room, sequence)
            try database.run("DELETE FROM edits WHERE room = ? AND sequence = ?", room, sequence)
            try database.run("DELETE FROM reactions WHERE room = ? AND sequence = ?", room, sequence)
            try database.run("DELETE FROM reaction_kinds WHERE room = ? AND sequence = ?", room, sequence)
            try database.run("DELETE FROM pins WHERE room = ? AND sequence = ?", room, sequence)
            try database.run("DELETE FROM mentions WHERE room = ? AND sequence = ?", room, sequence)
        }
        if let thread = facts.thread { try left(thread, in: key) }
        return try noteChange(at: facts.place.sequence, in: key)
    }

    // MARK: Pins

    func pin(_ draft: PinDraft, _ events: inout [Event]) throws -> PinChange {
        let facts = try living(draft.message, in: draft.room)
        let (room, sequence) = (draft.room.key.value, SQLiteValue.integer(facts.place.sequence))
        let isNews: Bool
        if draft.isPinned {
            let count = try database.first("SELECT count(*) FROM pins WHERE room = ?", room) { $0.integer(0) } ?? 0
            let inserted = try database.run(
                "INSERT INTO pins (room, sequence, moderator, pinned) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
                room, sequence, .text(draft.user.text), .integer(clock.epochMilliseconds))
            isNews = inserted == 1
            guard !isNews || count < draft.most else { throw StoreError.tooManyPins }
        } else {
            isNews = try database.run("DELETE FROM pins WHERE room = ? AND sequence = ?", room, sequence) == 1
        }
        var change = PinChange(
            place: facts.place, user: draft.user, isPinned: draft.isPinned, isNews: isNews)
        if isNews { change.revision = try noteChange(at: facts.place.sequence, in: draft.room.key) }
        if isNews { events.append(.chat(.changed(draft.room, .pinned(change)))) }
        return change
    }
}

extension RoomKey {
    var value: SQLiteValue { .integer(rawValue) }
}
