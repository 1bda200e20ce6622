public import Chat
import SQLite

extension SQLiteStore {
    public func changes<Entry: PageEntry>(
        of room: Room, since revision: Int64?, limit: PageLimit,
        open: @escaping @Sendable (StoredMessage) -> Entry?
    ) async throws(StoreError) -> ChangePage<Entry> {
        try await readPage(of: room) { database in
            try database.changes(of: room, since: revision, limit: limit, open: open)
        }
    }
}

extension Database {
    /// `nil` where there is no such room.
    func revision(of room: RoomKey) throws(SQLiteError) -> Int64? {
        try first("SELECT revision FROM rooms WHERE key = ?", room.value) { $0.integer(0) }
    }

    fileprivate func changes<Entry: PageEntry>(
        of room: Room, since revision: Int64?, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws -> ChangePage<Entry> {
        guard let newest = try self.revision(of: room.key) else { throw StoreError.roomMissing }
        var page = ChangePage<Entry>(revision: newest)
        page.oldest = try place(in: room.key, from: 0)?.sequence
        guard let revision, revision != newest else { return page }
        // Of another room that had this id, or of a time before the server went back to a backup.
        page.isReset = revision < room.created || revision > newest
        if page.isReset { return page }
        var builder = PageBuilder(limit, open: open)
        for change in try changes(of: room.key, since: revision, limit: limit.messages + 1) {
            guard var message = try message(change.sequence, in: room.key) else { continue }
            message.reactions = try reactions(in: room.key, to: change.sequence, listed: limit.listedReactors)
            message.attachments = try attachments(of: message, in: room.key)
            guard builder.add(message) else {
                page.hasMore = true
                break
            }
            page.revision = change.revision
        }
        page.entries = builder.page.entries
        if !page.hasMore { page.revision = newest }
        return page
    }

    private func changes(
        of room: RoomKey, since revision: Int64, limit: Int
    ) throws(SQLiteError) -> [(sequence: Int64, revision: Int64)] {
        try rows(
            "SELECT sequence, revision FROM message_changes WHERE room = ? AND revision > ? ORDER BY revision LIMIT ?",
            room.value, .integer(revision), .integer(Int64(limit))
        ) { (sequence: $0.integer(0), revision: $0.integer(1)) }
    }
}
