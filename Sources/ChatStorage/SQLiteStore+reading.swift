public import Chat
import SQLite

extension SQLiteStore {
    public func room(_ id: RoomID) async throws(StoreError) -> RoomRecord? {
        try await read { database in try database.snapshot { try database.record(of: id) } }
    }

    public func history<Entry: PageEntry>(
        of room: Room, _ query: HistoryQuery, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Entry?
    ) async throws(StoreError) -> HistoryPage<Entry> {
        try await readPage(of: room) { database in
            try database.page(query, of: room.key, limit: limit, open: open)
        }
    }

    public func missed(
        of room: Room, after sequence: Int64, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Message?
    ) async throws(StoreError) -> [Message] {
        do {
            return try await writer.readInOrder { log in
                guard try log.database.exists(room.key) else { throw StoreError.roomMissing }
                guard sequence < .max else { return [] }
                let part = HistoryPart(room: room.key, sequences: max(sequence, 0) + 1..<Int64.max)
                return try log.database.newest(of: part, limit: limit, open: open).entries
            }
        } catch {
            throw StoreError(error)
        }
    }

    func readPage<R: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(StoreError) -> R {
        do {
            return try await pages.read { database in try database.snapshot { try body(database) } }
        } catch {
            throw StoreError(error)
        }
    }

    func read<R: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(StoreError) -> R {
        do {
            return try await readers.read(body)
        } catch {
            throw StoreError(error)
        }
    }
}
