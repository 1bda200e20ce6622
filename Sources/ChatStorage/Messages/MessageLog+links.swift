import Bytes
import Chat
import SQLite

/// What messages belong to: those that they answer, threads, and the people they name.
extension MessageLog {
    /// The sequences that a new message is stored with, and the ids that are told.
    struct Links {
        var replyTo: Int64?
        var thread: Int64?
        var marks = MessageMarks()
    }

    func links(of draft: MessageDraft) throws -> Links {
        var links = Links()
        if let reference = draft.links.replyTo {
            let facts = try living(reference, in: draft.room)
            (links.replyTo, links.marks.replyTo) = (facts.place.sequence, facts.place.id)
        }
        guard let reference = draft.links.thread else { return links }
        guard let facts = try database.facts(of: reference, in: draft.room.key) else { throw StoreError.messageMissing }
        // Whatever of a thread is named, it is the thread of its first message; one that was removed may go on with what
        // was answered to it.
        let first = facts.thread ?? facts.place.sequence
        let place = try database.place(in: draft.room.key, from: first)
        guard let place, place.sequence == first, try !facts.isDeleted || hasThread(first, in: draft.room.key) else {
            throw StoreError.messageMissing
        }
        (links.thread, links.marks.thread) = (first, place.id)
        return links
    }

    // MARK: Threads

    private func hasThread(_ first: Int64, in room: RoomKey) throws -> Bool {
        try database.first(
            "SELECT 1 FROM threads WHERE room = ? AND sequence = ?", room.value, .integer(first)
        ) { _ in true } ?? false
    }

    /// A message has come into a thread.
    func joined(_ thread: Int64, in room: RoomKey, at place: MessagePlace) throws {
        try database.run(
            """
            INSERT INTO threads (room, sequence, replies, last) VALUES (?, ?, 1, ?)
            ON CONFLICT (room, sequence) DO UPDATE SET replies = replies + 1, last = excluded.last
            """, room.value, .integer(thread), .integer(place.timestamp))
    }

    /// A message of a thread was removed.
    func left(_ thread: Int64, in room: RoomKey) throws {
        try database.run(
            """
            UPDATE threads SET replies = replies - 1, last = coalesce((SELECT timestamp FROM messages
            WHERE room = ?1 AND thread = ?2 AND deleted IS NULL ORDER BY sequence DESC LIMIT 1), 0)
            WHERE room = ?1 AND sequence = ?2
            """, room.value, .integer(thread))
        try database.run(
            "DELETE FROM threads WHERE room = ? AND sequence = ? AND replies <= 0", room.value, .integer(thread))
    }

    // MARK: Mentions

    /// Notes the accounts that a message names and that belong to its room; gives them.
    func mention(
        _ skeletons: [String], at place: MessagePlace, in room: Room, by author: Author
    ) throws -> [PersonID] {
        var named: [PersonID] = []
        for skeleton in skeletons {
            let account = try database.first(
                """
                SELECT a.key, a.uuid FROM accounts a JOIN room_members m ON m.room = ? AND m.account = a.key
                WHERE a.skeleton = ? AND a.deleted IS NULL AND a.uuid <> ?
                """, room.key.value, .text(skeleton), .blob(author.person.uuid.bytes)
            ) { (key: SQLiteValue.integer($0.integer(0)), uuid: UUID(bytes: $0.blob(1))) }
            guard let account, let uuid = account.uuid else { continue }
            try database.run(
                "INSERT INTO mentions (account, id, room, sequence) VALUES (?, ?, ?, ?)",
                account.key, .integer(place.id.rawValue), room.key.value, .integer(place.sequence))
            named.append(PersonID(uuid))
        }
        return named
    }

    /// The accounts that a message names.
    func mentioned(at place: MessagePlace, in room: RoomKey) throws -> [PersonID] {
        try database.rows(
            "SELECT a.uuid FROM mentions n JOIN accounts a ON a.key = n.account WHERE n.room = ? AND n.sequence = ?",
            room.value, .integer(place.sequence)
        ) { UUID(bytes: $0.blob(0)).map { PersonID($0) } }.compactMap { $0 }
    }
}
