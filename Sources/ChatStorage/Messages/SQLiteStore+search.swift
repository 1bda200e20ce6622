import Accounts
public import Chat
import SQLite

extension SQLiteStore {
    public func spans(of rooms: [Room], _ bounds: SearchBounds) async throws(StoreError) -> [SearchSpan] {
        try await readPage { database in try rooms.map { try database.span(of: $0.key, bounds) } }
    }

    public func scan(
        _ room: Room, _ sequences: Range<Int64>, most: Int, listedReactors: Int,
        finder: @escaping @Sendable () -> MessageFinder?
    ) async throws(StoreError) -> ScanResult {
        try await readPage(of: room) { database in
            guard let finder = finder() else {
                throw StoreError.storage(.failed("The key of a room cannot be used; restart the server."))
            }
            return try database.scan(room.key, sequences, finder, most: most, listedReactors: listedReactors)
        }
    }

    public func context(
        of place: MessagePlace, in room: Room, count: Int
    ) async throws(StoreError) -> (before: [StoredMessage], after: [StoredMessage]) {
        try await readPage(of: room) { database in
            let before = HistoryPart(room: room.key, sequences: 0..<place.sequence)
            let after = HistoryPart(room: room.key, sequences: place.sequence + 1..<Int64.max)
            return (
                try database.messages(in: before, newest: count).reversed(),
                try database.messages(in: after, oldest: count)
            )
        }
    }
}

extension Database {
    func span(of room: RoomKey, _ bounds: SearchBounds) throws(SQLiteError) -> SearchSpan {
        var (start, end) = (Int64(0), Int64.max)
        if let since = bounds.since {
            start = try firstPlace(in: room) { $0.timestamp >= since }?.sequence ?? .max
        }
        if bounds.until != nil || bounds.end != nil {
            end =
                try firstPlace(in: room) { place in
                    bounds.until.map { place.timestamp >= $0 } ?? false || bounds.end.map { place.id >= $0 } ?? false
                }?.sequence ?? .max
        }
        let first = try place(in: room, from: start)
        let last = try lastPlace(in: room, before: end)
        guard let first, let last, first.sequence <= last.sequence else {
            return SearchSpan(sequences: 0..<0, newest: nil)
        }
        return SearchSpan(sequences: first.sequence..<last.sequence + 1, newest: last.id)
    }

    private func lastPlace(in room: RoomKey, before end: Int64) throws(SQLiteError) -> MessagePlace? {
        try first(
            """
            SELECT id, sequence, timestamp FROM messages WHERE room = ? AND sequence < ? ORDER BY sequence DESC LIMIT 1
            """, room.value, .integer(end)
        ) { $0.place }
    }

    /// What a finder finds of a part of a room, the newest first.
    func scan(
        _ room: RoomKey, _ sequences: Range<Int64>, _ finder: MessageFinder, most: Int, listedReactors: Int
    ) throws(SQLiteError) -> ScanResult {
        var places: [MessagePlace] = []
        var (scanned, oldest, isWhole) = (0, MessagePlace?.none, true)
        try forEach(
            """
            SELECT id, sequence, timestamp, author, token, files FROM messages
            WHERE room = ? AND sequence >= ? AND sequence < ? AND deleted IS NULL ORDER BY sequence DESC
            """, room.value, .integer(sequences.lowerBound), .integer(sequences.upperBound)
        ) { row in
            scanned += 1
            oldest = row.place
            let isFound = row.withBytes(3) { author in
                row.withBytes(4) { finder.finds(author: author, token: $0, files: row.integer(5)) }
            }
            if isFound { places.append(row.place) }
            isWhole = !finder.isCancelled && places.count < most
            return isWhole
        }
        var found: [StoredMessage] = []
        for place in places {
            guard var message = try message(at: place, in: room) else { continue }
            message.reactions = try reactions(in: room, to: place.sequence, listed: listedReactors)
            message.attachments = try attachments(of: message, in: room)
            found.append(message)
        }
        return ScanResult(found: found, scanned: scanned, oldest: oldest, isWhole: isWhole)
    }
}
