public import Chat
import SQLite

extension SQLiteStore {
    public func room(_ id: RoomID) async throws(StoreError) -> RoomRecord? {
        try await read { database in try database.snapshot { try database.record(of: id) } }
    }

    public func history<Entry: PageEntry>(
        of room: Room, _ query: HistoryQuery, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Entry?
    ) async throws(StoreError) -> HistoryPage<Entry> {
        do {
            return try await pages.read { database in
                try database.snapshot {
                    guard try database.exists(room.key) else { throw StoreError.roomMissing }
                    return try database.page(query, of: room.key, limit: limit, open: open)
                }
            }
        } catch {
            throw StoreError(error)
        }
    }

    public func missed(
        of room: Room, after sequence: Int64, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Message?
    ) async throws(StoreError) -> [Message] {
        do {
            return try await writer.readInOrder { log in
                guard try log.database.exists(room.key) else { throw StoreError.roomMissing }
                guard sequence < .max else { return [] }
                let range = max(sequence, 0) + 1..<Int64.max
                return try log.database.newest(of: range, in: room.key, limit: limit, open: open).entries
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

extension Database {
    /// A page of the history, oldest first.
    func page<Entry: PageEntry>(
        _ query: HistoryQuery, of room: RoomKey, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var end = Int64.max
        if let before = query.before {
            end = try firstPlace(in: room) { before.names($0) || before.isBefore($0) }?.sequence ?? end
        }
        guard let after = query.after else { return try newest(of: 0..<end, in: room, limit: limit, open: open) }
        guard let start = try firstPlace(in: room, where: { after.isBefore($0) })?.sequence, start < end else {
            return HistoryPage(entries: [], hasMore: false)
        }
        return try oldest(of: start..<end, in: room, limit: limit, open: open)
    }

    /// The newest messages of a range, oldest first.
    func newest<Entry: PageEntry>(
        of range: Range<Int64>, in room: RoomKey, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        var range = range
        while let last = try add(try messages(in: room, range, newest: limit.step), of: room, limit, to: &builder) {
            range = range.lowerBound..<last
        }
        return builder.reversedPage
    }

    /// The oldest messages of a range, oldest first.
    func oldest<Entry: PageEntry>(
        of range: Range<Int64>, in room: RoomKey, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        var range = range
        while let last = try add(try messages(in: room, range, oldest: limit.step), of: room, limit, to: &builder) {
            range = last + 1..<range.upperBound
        }
        return builder.page
    }

    /// Adds the messages to a page; gives the sequence of the last where more may follow.
    private func add<Entry: PageEntry>(
        _ messages: [StoredMessage], of room: RoomKey, _ limit: PageLimit, to builder: inout PageBuilder<Entry>
    ) throws(SQLiteError) -> Int64? {
        for var message in messages {
            message.reactions = try reactions(in: room, to: message.place.sequence, listed: limit.listedReactors)
            guard builder.add(message) else { return nil }
        }
        return messages.count == limit.step ? messages.last?.place.sequence : nil
    }
}

extension PageLimit {
    /// How many messages are read at once: a page may end long before it has as many as it may.
    fileprivate var step: Int { min(32, messages + 1) }
}
