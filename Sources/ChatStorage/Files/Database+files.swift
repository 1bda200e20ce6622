import Blobs
import Bytes
import Chat
import Media
import SQLite

extension Database {
    /// The files of a message; nothing is asked where it has none.
    func attachments(of message: StoredMessage, in room: RoomKey) throws(SQLiteError) -> [StoredAttachment] {
        message.marks.files == 0 ? [] : try attachments(at: message.place.sequence, in: room)
    }

    func attachments(at sequence: Int64, in room: RoomKey) throws(SQLiteError) -> [StoredAttachment] {
        try rows(
            """
            SELECT a.id, a.person, a.user, a.name, a.kind, a.size, a.width, a.height, a.is_media, a.is_alone, a.created,
                m.id
            FROM attachments a JOIN messages m ON m.room = a.room AND m.sequence = a.sequence
            WHERE a.room = ? AND a.sequence = ? ORDER BY a.place
            """, .integer(room.rawValue), .integer(sequence)
        ) { $0.attachment }.compactMap { $0 }
    }

    /// The newest files before a place, the newest first.
    func attachments(
        in room: RoomKey, before place: (sequence: Int64, place: Int64), limit: Int
    ) throws(SQLiteError) -> [StoredAttachment] {
        try rows(
            """
            SELECT a.id, a.person, a.user, a.name, a.kind, a.size, a.width, a.height, a.is_media, a.is_alone, a.created,
                m.id
            FROM attachments a JOIN messages m ON m.room = a.room AND m.sequence = a.sequence
            WHERE a.room = ? AND (a.sequence, a.place) < (?, ?) ORDER BY a.sequence DESC, a.place DESC LIMIT ?
            """, .integer(room.rawValue), .integer(place.sequence), .integer(place.place), .integer(Int64(limit))
        ) { $0.attachment }.compactMap { $0 }
    }

    /// Where a file stands in its room; `nil` where it does not.
    func place(of file: BlobID, in room: RoomKey) throws(SQLiteError) -> (sequence: Int64, place: Int64)? {
        try first(
            "SELECT sequence, place FROM attachments WHERE id = ? AND room = ?", .text(file.description),
            .integer(room.rawValue)
        ) { (sequence: $0.integer(0), place: $0.integer(1)) }
    }

    /// One file of a room; throws `fileMissing`.
    func attachment(_ file: BlobID, in room: RoomKey) throws -> StoredAttachment {
        guard let place = try place(of: file, in: room),
            let found = try attachments(at: place.sequence, in: room).first(where: { $0.facts.id == file })
        else { throw StoreError.fileMissing }
        return found
    }

    func usedSpace(of room: RoomKey) throws(SQLiteError) -> FileSpace {
        func bytes(_ room: Int64) throws(SQLiteError) -> Int {
            Int(try first("SELECT bytes FROM file_usage WHERE room = ?", .integer(room)) { $0.integer(0) } ?? 0)
        }
        return FileSpace(room: try bytes(room.rawValue), server: try bytes(0))
    }
}

extension Row {
    /// `nil` where the row is none that this program writes.
    fileprivate var attachment: StoredAttachment? {
        guard let id = BlobID(text(0)), let kind = MediaKind(rawValue: text(4)) else { return nil }
        var image: ImageSize?
        if let width = optionalInteger(6), let height = optionalInteger(7) {
            image = ImageSize(width: Int(width), height: Int(height))
        }
        var facts = FileFacts(id: id, kind: kind, size: Int(integer(5)), image: image)
        facts.isMedia = integer(8) != 0
        facts.isAlone = integer(9) != 0
        return StoredAttachment(
            facts, token: blob(3), uploader: UserID(trusted: text(2)),
            person: UUID(bytes: blob(1)).map { PersonID($0) }, created: integer(10),
            message: MessageID(rawValue: integer(11)))
    }
}
