public import Blobs
import Bytes
public import Chat
import SQLite

extension SQLiteStore {
    public func files(of room: Room, before file: BlobID?, limit: Int) async throws(StoreError) -> [StoredAttachment] {
        try await readPage(of: room) { database in
            var place = (sequence: Int64.max, place: Int64.max)
            if let file {
                guard let found = try database.place(of: file, in: room.key) else { throw StoreError.fileMissing }
                place = found
            }
            return try database.attachments(in: room.key, before: place, limit: limit)
        }
    }

    public func file(_ id: BlobID, of room: Room) async throws(StoreError) -> StoredAttachment {
        try await read { database in
            guard try database.exists(room.key) else { throw StoreError.roomMissing }
            return try database.attachment(id, in: room.key)
        }
    }

    public func usedSpace(of room: Room) async throws(StoreError) -> FileSpace {
        try await read { database in try database.usedSpace(of: room.key) }
    }

    public func removeFile(_ draft: FileRemovalDraft) async throws(StoreError) -> FileFacts {
        try await write { (log, events) in try log.removeFile(draft, &events) }
    }

    public func keep(_ draft: PendingFileDraft) async throws(StoreError) -> Int64 {
        try await write { (log, _) in try log.keep(draft) }
    }

    public func dropPendingFile(_ file: BlobID, of person: PersonID, in room: Room) async throws(StoreError) {
        try await write { (log, _) in try log.dropPendingFile(file, of: person, in: room) }
    }

    public func sweepPendingFiles(before time: Int64) async throws(StoreError) -> Bool {
        try await write { (log, _) in try log.sweepPendingFiles(before: time) }
    }

    /// On a connection of its own, for a sweep waits for nothing else.
    public func knownFiles(_ ids: [BlobID]) throws(StoreError) -> Set<BlobID> {
        do {
            let database = try Database(path: path, DatabaseOptions(isReadOnly: true))
            var known: Set<BlobID> = []
            for id in ids {
                let isKnown = try database.first(
                    "SELECT 1 FROM attachments WHERE id = ?1 UNION ALL SELECT 1 FROM uploads WHERE id = ?1",
                    .text(id.description)
                ) { _ in true }
                if isKnown == true { known.insert(id) }
            }
            return known
        } catch {
            throw StoreError(error)
        }
    }

    public func onFilesRemoved(_ body: @escaping @Sendable ([BlobID]) -> Void) {
        observers.withLock { $0.files = body }
    }
}
