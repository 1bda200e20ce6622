public import Chat
import SQLite

/// How much the store keeps.
public struct StorageReport: Sendable, Equatable {
    /// Bytes of the database, without its log.
    public let databaseBytes: Int64
    /// Bytes in it that nothing uses now.
    public let freeBytes: Int64
    public let accounts: Int64
    public let rooms: Int64
    public let sessions: Int64
    /// The version of the tables.
    public let schemaVersion: Int64
}

extension SQLiteStore {
    /// How much is kept now.
    public func storageReport() async throws(StoreError) -> StorageReport {
        try await readPage { database in
            let page = try database.integer("PRAGMA page_size")
            return StorageReport(
                databaseBytes: page * (try database.integer("PRAGMA page_count")),
                freeBytes: page * (try database.integer("PRAGMA freelist_count")),
                accounts: try database.integer("SELECT count(*) FROM accounts WHERE deleted IS NULL"),
                rooms: try database.integer("SELECT count(*) FROM rooms"),
                sessions: try database.integer("SELECT count(*) FROM sessions"),
                schemaVersion: try database.integer("PRAGMA user_version"))
        }
    }
}
