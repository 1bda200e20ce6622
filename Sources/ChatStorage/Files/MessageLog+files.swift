import Blobs
import Bytes
import Chat
import EventLoops
import Media
import SQLite

extension MessageLog {
    /// Adds the files of a new message, where there is space for them.
    func attach(_ draft: MessageDraft, at place: MessagePlace) throws {
        guard !draft.attachments.isEmpty else { return }
        let room = draft.room.key
        try checkSpace(for: draft.attachments.reduce(0) { $0 + $1.facts.size }, in: room, draft.fileSpace)
        for (index, file) in draft.attachments.enumerated() {
            let (facts, image) = (file.facts, file.facts.image)
            try database.run(
                """
                INSERT INTO attachments (id, room, sequence, place, person, user, name, kind, size, width, height,
                    is_media, is_alone, created)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
                .text(facts.id.description), .integer(room.rawValue), .integer(place.sequence),
                .integer(Int64(index)), .blob(draft.author.person.uuid.bytes), .text(draft.author.user.text),
                .utf8(file.token), .text(facts.kind.rawValue), .integer(Int64(facts.size)),
                SQLiteValue(image.map { Int64($0.width) }), SQLiteValue(image.map { Int64($0.height) }),
                .integer(facts.isMedia ? 1 : 0), .integer(facts.isAlone ? 1 : 0), .integer(place.timestamp))
        }
    }

    func checkSpace(for size: Int, in room: RoomKey, _ space: FileSpace) throws {
        let used = try database.usedSpace(of: room)
        guard used.room <= space.room - size else { throw StoreError.filesFull(.room) }
        guard used.server <= space.server - size else { throw StoreError.filesFull(.server) }
    }

    func removeFile(_ draft: FileRemovalDraft, _ events: inout [Event]) throws -> FileFacts {
        let room = draft.room
        guard try database.exists(room.key) else { throw StoreError.roomMissing }
        let file = try database.attachment(draft.file, in: room.key)
        let isOwn = draft.author.map { $0.person == file.person } ?? false
        guard isOwn || draft.isModerator else { throw StoreError.notAuthor }
        let user = draft.author?.user
        let others = try database.attachments(in: room.key, ofMessageWith: draft.file)
        if file.facts.isAlone, others.count == 1,
            let facts = try database.facts(of: .id(file.message), in: room.key), !facts.isDeleted
        {
            let revision = try erase(facts, in: room.key)
            let removal = Removal(
                place: facts.place, user: user ?? facts.author, isByModerator: !isOwn, revision: revision)
            events.append(.chat(.changed(room, .removed(removal))))
        } else {
            try database.run("DELETE FROM attachments WHERE id = ?", .text(draft.file.description))
            if let place = others.first?.message, let facts = try database.facts(of: .id(place), in: room.key) {
                try noteChange(at: facts.place.sequence, in: room.key)
            }
        }
        tellOfRemoval(of: file, by: user, in: room, &events)
        if !isOwn { try note(draft.deed, &events) }
        return file.facts
    }

    func tellOfRemoval(of file: StoredAttachment, by user: UserID?, in room: Room, _ events: inout [Event]) {
        events.append(.chat(.file(room, .removed(file.facts, message: file.message, by: user))))
    }

    // MARK: Bytes that are to go

    /// Takes note of the files whose rows went in this transaction, whichever way.
    func takeRemovedFiles() throws {
        let removed = try database.rows("SELECT id FROM removed_files") { BlobID($0.text(0)) }
        guard !removed.isEmpty else { return }
        try database.run("DELETE FROM removed_files")
        removedFiles += removed.compactMap { $0 }
    }

    func tellOfRemovedFiles() {
        guard !removedFiles.isEmpty else { return }
        let removed = removedFiles
        removedFiles = []
        observers.withLock { $0 }.files(removed)
    }
}

extension Database {
    /// All files of the message that one of them belongs to.
    fileprivate func attachments(in room: RoomKey, ofMessageWith file: BlobID) throws(SQLiteError) -> [StoredAttachment]
    {
        guard let place = try place(of: file, in: room) else { return [] }
        return try attachments(at: place.sequence, in: room)
    }
}
