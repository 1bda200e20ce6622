import Blobs
import Bytes
import Chat
import EventLoops
import Media
import SQLite

/// Files that wait for the messages they are to belong to.
extension MessageLog {
    /// How many go in one step of a sweep.
    private static let step: Int64 = 500

    func keep(_ draft: PendingFileDraft) throws -> Int64 {
        let (room, facts, image) = (draft.room.key, draft.file.facts, draft.file.facts.image)
        guard try database.exists(room) else { throw StoreError.roomMissing }
        let person = SQLiteValue.blob(draft.author.person.uuid.bytes)
        let waiting = try database.first("SELECT count(*) FROM uploads WHERE person = ?", person) { $0.integer(0) }
        guard waiting ?? 0 < draft.most else { throw StoreError.tooManyPendingFiles }
        try checkSpace(for: facts.size, in: room, draft.space)
        let created = clock.epochMilliseconds
        try database.run(
            """
            INSERT INTO uploads (id, room, person, user, name, kind, size, width, height, created)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .text(facts.id.description), room.value, person, .text(draft.author.user.text), .utf8(draft.file.token),
            .text(facts.kind.rawValue), .integer(Int64(facts.size)), SQLiteValue(image.map { Int64($0.width) }),
            SQLiteValue(image.map { Int64($0.height) }), .integer(created))
        return created
    }

    /// Has files that wait belong to a new message, behind those that it brings itself; throws `fileMissing` for what is
    /// not its author's, in its room.
    func attachPending(_ draft: MessageDraft, at place: MessagePlace) throws {
        for (index, file) in draft.uploads.enumerated() {
            let id = SQLiteValue.text(file.description)
            let attached = try database.run(
                """
                INSERT INTO attachments (id, room, sequence, place, person, user, name, kind, size, width, height,
                    is_media, is_alone, created)
                SELECT id, room, ?, ?, person, ?, name, kind, size, width, height, 0, ?, ? FROM uploads
                WHERE id = ? AND room = ? AND person = ?
                """,
                .integer(place.sequence), .integer(Int64(draft.attachments.count + index)),
                .text(draft.author.user.text), .integer(draft.text.isEmpty ? 1 : 0), .integer(place.timestamp), id,
                draft.room.key.value, .blob(draft.author.person.uuid.bytes))
            guard attached == 1 else { throw StoreError.fileMissing }
            try database.run("DELETE FROM uploads WHERE id = ?", id)
        }
    }

    func dropPendingFile(_ file: BlobID, of person: PersonID, in room: Room) throws {
        let removed = try database.run(
            "DELETE FROM uploads WHERE id = ? AND room = ? AND person = ?", .text(file.description), room.key.value,
            .blob(person.uuid.bytes))
        guard removed == 1 else { throw StoreError.fileMissing }
    }

    /// `false` where none are left.
    func sweepPendingFiles(before time: Int64) throws -> Bool {
        let removed = try database.run(
            "DELETE FROM uploads WHERE id IN (SELECT id FROM uploads WHERE created < ? ORDER BY created LIMIT ?)",
            .integer(time), .integer(Self.step))
        return Int64(removed) == Self.step
    }
}
