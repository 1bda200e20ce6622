internal import CSQLite

/// One connection to a database; one thread at a time uses it.
///
/// Statements are given as literals, so that no text from outside can become SQL, and are prepared once. Write-ahead log,
/// `synchronous=FULL` (a commit has reached the disk), foreign keys on, deleted content overwritten.
public final class Database {
    private let handle: OpaquePointer
    private let busyTimeout: Int32
    private var statements: [UnsafePointer<UInt8>: Statement] = [:]

    /// Opens the file, and makes it if it is not there and may be written.
    public init(path: String, _ options: DatabaseOptions = DatabaseOptions()) throws(SQLiteError) {
        let access = options.isReadOnly ? SQLITE_OPEN_READONLY : SQLITE_OPEN_READWRITE | SQLITE_OPEN_CREATE
        var made: OpaquePointer?
        let code = sqlite3_open_v2(path, &made, access | SQLITE_OPEN_NOMUTEX | SQLITE_OPEN_EXRESCODE, nil)
        guard code == SQLITE_OK, let made else {
            sqlite3_close_v2(made)
            throw SQLiteError(code: code)
        }
        handle = made
        busyTimeout = options.busyTimeout
        sqlite3_busy_timeout(handle, busyTimeout)
        sqlite3_wal_autocheckpoint(handle, options.checkpointPages)
        sqlite3_db_config_defensive(handle)
        try configure(options)
    }

    deinit {
        statements = [:]
        sqlite3_close_v2(handle)
    }

    private func configure(_ options: DatabaseOptions) throws(SQLiteError) {
        try script("PRAGMA trusted_schema = OFF; PRAGMA cache_size = -16000; PRAGMA temp_store = MEMORY")
        guard !options.isReadOnly else { return }
        try script("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON")
        try script("PRAGMA journal_size_limit = 67108864; PRAGMA secure_delete = FAST")
    }

    /// Runs statements that take no values and give no rows.
    public func script(_ sql: StaticString) throws(SQLiteError) {
        let code = sqlite3_exec(handle, Self.cString(sql), nil, nil, nil)
        guard code == SQLITE_OK else { throw SQLiteError(code: sqlite3_extended_errcode(handle)) }
    }

    /// Runs one statement; gives the number of rows that it changed.
    @discardableResult
    public func run(_ sql: StaticString, _ values: SQLiteValue...) throws(SQLiteError) -> Int {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {}
        return Int(sqlite3_changes(handle))
    }

    /// What `map` makes of each row.
    public func rows<T>(
        _ sql: StaticString, _ values: SQLiteValue..., map: (Row) -> T
    ) throws(SQLiteError) -> [T] {
        try rows(sql, values, map: map)
    }

    /// What `map` makes of each row.
    public func rows<T>(
        _ sql: StaticString, _ values: [SQLiteValue], map: (Row) -> T
    ) throws(SQLiteError) -> [T] {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        var all: [T] = []
        while try statement.step() { all.append(map(Row(statement: statement))) }
        return all
    }

    /// Calls `body` with each row, until it gives `false`.
    public func forEach(
        _ sql: StaticString, _ values: SQLiteValue..., body: (Row) -> Bool
    ) throws(SQLiteError) {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        while try statement.step() {
            guard body(Row(statement: statement)) else { return }
        }
    }

    /// What `map` makes of the first row; `nil` where there is none.
    public func first<T>(
        _ sql: StaticString, _ values: SQLiteValue..., map: (Row) -> T
    ) throws(SQLiteError) -> T? {
        let statement = try prepared(sql)
        defer { statement.reset() }
        try statement.bind(values)
        return try statement.step() ? map(Row(statement: statement)) : nil
    }

    /// The first column of the first row; 0 where there is none.
    public func integer(_ sql: StaticString) throws(SQLiteError) -> Int64 {
        try first(sql) { $0.integer(0) } ?? 0
    }

    /// The row id that the last insertion gave.
    public var lastInsertedID: Int64 { sqlite3_last_insert_rowid(handle) }

    /// Whether a transaction is open. A grave failure ends one by itself.
    public var isInTransaction: Bool { sqlite3_get_autocommit(handle) == 0 }

    /// Brings the whole write-ahead log into the database and empties it; tries for a moment where a reader is in the way.
    public func emptyLog() throws(SQLiteError) {
        sqlite3_busy_timeout(handle, 100)
        defer { sqlite3_busy_timeout(handle, busyTimeout) }
        let code = sqlite3_wal_checkpoint_v2(handle, nil, SQLITE_CHECKPOINT_TRUNCATE, nil, nil)
        guard code == SQLITE_OK || code & 0xff == SQLITE_BUSY else { throw SQLiteError(code: code) }
    }

    /// Literals live for ever, so their address names them.
    private func prepared(_ sql: StaticString) throws(SQLiteError) -> Statement {
        guard sql.hasPointerRepresentation else { throw SQLiteError(code: SQLITE_MISUSE) }
        if let statement = statements[sql.utf8Start] { return statement }
        let made = try Statement(Self.cString(sql), connection: handle)
        statements[sql.utf8Start] = made
        return made
    }

    /// A literal ends with a zero byte.
    private static func cString(_ sql: StaticString) -> UnsafePointer<CChar> {
        UnsafeRawPointer(sql.utf8Start).assumingMemoryBound(to: CChar.self)
    }
}
