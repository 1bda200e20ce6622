public import Chat
import SQLite

extension SQLiteStore {
    public func room(_ id: RoomID) async throws(StoreError) -> RoomRecord? {
        try await read { database in try database.snapshot { try database.record(of: id) } }
    }

    public func history(
        of room: Room, _ query: HistoryQuery, limit: Int, open: @escaping @Sendable (StoredMessage) -> Message?
    ) async throws(StoreError) -> [Message] {
        try await read { database in
            let stored = try database.snapshot {
                guard try database.exists(room.key) else { throw StoreError.roomMissing }
                return try database.page(query, of: room.key, limit: limit)
            }
            return stored.compactMap(open)
        }
    }

    public func missed(
        of room: Room, after sequence: Int64, limit: Int, open: @escaping @Sendable (StoredMessage) -> Message?
    ) async throws(StoreError) -> [Message] {
        do {
            return try await writer.readInOrder { log in
                guard try log.database.exists(room.key) else { throw StoreError.roomMissing }
                guard sequence < .max else { return [] }
                let start = max(sequence, 0) + 1
                return try log.database.messages(in: room.key, start..<Int64.max, newest: limit).compactMap(open)
            }
        } catch {
            throw StoreError(error)
        }
    }

    private func read<R: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(StoreError) -> R {
        do {
            return try await readers.read(body)
        } catch {
            throw StoreError(error)
        }
    }
}

extension Database {
    /// A page of the history, oldest first.
    func page(_ query: HistoryQuery, of room: RoomKey, limit: Int) throws(SQLiteError) -> [StoredMessage] {
        var end = Int64.max
        if let before = query.before {
            end = try firstPlace(in: room) { before.names($0) || before.isBefore($0) }?.sequence ?? end
        }
        guard let after = query.after else { return try messages(in: room, 0..<end, newest: limit) }
        guard let start = try firstPlace(in: room, where: { after.isBefore($0) })?.sequence, start < end else {
            return []
        }
        return try messages(in: room, start..<end, oldest: limit)
    }
}
