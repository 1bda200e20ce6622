internal import CSQLite

/// What the database answered in place of doing what it was told.
public struct SQLiteError: Error, Equatable, Sendable {
    /// The extended result code (sqlite.org/rescode.html).
    public let code: Int32
    public let kind: Kind

    /// What callers tell apart.
    public enum Kind: Equatable, Sendable {
        /// There is no room left on the disk.
        case full
        /// Another process holds the database for longer than the time-out.
        case busy
        /// The file's structure is damaged.
        case corrupt
        /// The file is something else, or encrypted by someone else.
        case notADatabase
        case readOnly
        /// Reading, writing or syncing the file failed.
        case io
        case cannotOpen
        /// A key is there twice, or a reference leads nowhere.
        case constraint
        /// A newer version of the program has written the database.
        case newerSchema
        case other
    }

    /// - Parameter code: a result code that stands for a failure.
    public init(code: Int32) {
        self.code = code
        kind = Self.kind(of: code)
    }

    /// A failure that the library has no code for.
    public init(kind: Kind) { self.init(kind: kind, code: 0) }

    init(kind: Kind, code: Int32) {
        self.code = code
        self.kind = kind
    }

    private static func kind(of code: Int32) -> Kind {
        // The index of the write-ahead log could not grow: on a file system without room nothing else is the matter.
        if code == SQLITE_IOERR | 19 << 8 { return .full }
        return switch code & 0xff {
        case SQLITE_FULL: .full
        case SQLITE_BUSY, SQLITE_LOCKED: .busy
        case SQLITE_CORRUPT: .corrupt
        case SQLITE_NOTADB: .notADatabase
        case SQLITE_READONLY, SQLITE_PERM: .readOnly
        case SQLITE_IOERR: .io
        case SQLITE_CANTOPEN: .cannotOpen
        case SQLITE_CONSTRAINT: .constraint
        default: .other
        }
    }
}

extension SQLiteError: CustomStringConvertible {
    /// One sentence that says what to do, and the library's code where there is one.
    public var description: String {
        code == 0 ? sentence : "\(sentence) (SQLite code \(code))"
    }

    private var sentence: String {
        switch kind {
        case .full: "The disk of the database is full; free some space."
        case .busy: "Another program holds the database; end it or wait for it."
        case .corrupt: "The database file is damaged; restore it from a backup."
        case .notADatabase: "The file is not a database; choose another path or restore it from a backup."
        case .readOnly: "The database cannot be written; check the permissions of its file and folder."
        case .io: "The database file cannot be read or written; check the disk."
        case .cannotOpen: "The database cannot be opened; check that its folder exists and may be written."
        case .constraint: "The database refused a change that contradicts what it holds; report this."
        case .newerSchema: "The database was written by a newer version of the program; start that version."
        case .other: "The database failed; restart the program, and report this if it happens again."
        }
    }
}
