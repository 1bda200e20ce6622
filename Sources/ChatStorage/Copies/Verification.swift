import Bytes
public import Cryptography
import SQLite

/// Looks at everything that a database holds: its structure, its references, its keys, and each message's token.
public struct Verification: Sendable {
    /// What was found.
    public struct Report: Sendable {
        /// The version of the tables.
        public var schema: Int64 = 0
        public var rooms = 0
        /// Messages whose tokens open.
        public var messages = 0
        /// What is not as it should be: one sentence each, the first hundred.
        public var faults: [String] = []
        /// How many there are of them.
        public var faultCount = 0

        mutating func add(_ fault: String) {
            faultCount += 1
            if faults.count < Self.most { faults.append(fault) }
        }

        mutating func add(_ other: Report) {
            messages += other.messages
            faultCount += other.faultCount
            faults += other.faults.prefix(max(0, Self.most - faults.count))
        }

        private static let most = 100
    }

    /// Messages of one room, by their sequences.
    private struct Slice {
        let room: Int64
        let fernet: Fernet
        let sequences: Range<Int64>
    }

    private static let sliceLength: Int64 = 4_096

    private let path: String
    private let keyring: FernetKeyring

    /// - Parameter path: a database, which a server may be writing.
    public init(of path: String, with keyring: FernetKeyring) {
        self.path = path
        self.keyring = keyring
    }

    /// - Parameter threads: how many look at messages at a time.
    public func run(threads: Int) async throws(BackupError) -> Report {
        guard DiskFile.exists(path) else { throw .noDatabase(path: path) }
        do {
            var report = Report()
            let slices = try inspect(&report)
            let next = Locked(0)
            let parts = try await withThrowingTaskGroup(of: Report.self) { group in
                for _ in 0..<max(threads, 1) { group.addTask { try open(slices, next) } }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            for part in parts { report.add(part) }
            return report
        } catch let error as BackupError {
            throw error
        } catch let error as SQLiteError {
            throw .database(path: path, error)
        } catch {
            throw .cryptography(String(describing: error))
        }
    }

    private func connect() throws(SQLiteError) -> Database {
        try Database(path: path, DatabaseOptions(isReadOnly: true))
    }

    /// Looks at all but the messages, and says how to share those out.
    private func inspect(_ report: inout Report) throws -> [Slice] {
        let database = try connect()
        report.schema = try database.integer("PRAGMA user_version")
        guard report.schema == Schema.migrations.newest else { throw BackupError.otherSchema(path: path) }
        for line in try database.rows("PRAGMA integrity_check(100)", map: { $0.text(0) }) where line != "ok" {
            report.add("The file is damaged: \(line).")
        }
        let broken = try database.rows("PRAGMA foreign_key_check") { ($0.text(0), $0.text(2)) }
        for (table, parent) in broken {
            report.add("A row of the table \(table) belongs to one of \(parent) that is not there.")
        }
        do throws(StorageError) {
            try KeyCheck(keyring, path: path).check(database)
        } catch {
            report.add("A master key that wrote here is not on the keyring, or not the same.")
        }
        return try database.snapshot { try slices(of: database, &report) }
    }

    private func slices(of database: Database, _ report: inout Report) throws -> [Slice] {
        let rooms = try database.rows(
            """
            SELECT key, wrapped_key, (SELECT min(sequence) FROM messages WHERE room = key),
            (SELECT max(sequence) FROM messages WHERE room = key) FROM rooms ORDER BY key
            """
        ) { (key: $0.integer(0), wrapped: $0.blob(1), first: $0.integer(2), last: $0.integer(3)) }
        var slices: [Slice] = []
        for room in rooms {
            report.rooms += 1
            guard let key = try? keyring.unwrap(room.wrapped) else {
                report.add("The key of room \(room.key) does not open.")
                continue
            }
            let fernet = try Fernet(key: key)
            var start = room.first
            while room.last > 0, start <= room.last {
                let end = min(start + Self.sliceLength, room.last + 1)
                slices.append(Slice(room: room.key, fernet: fernet, sequences: start..<end))
                start = end
            }
        }
        return slices
    }

    /// Opens the tokens of one slice after the other, until none is left.
    private func open(_ slices: [Slice], _ next: Locked<Int>) throws -> Report {
        let database = try connect()
        var report = Report()
        while let slice = Self.take(slices, next) {
            for (sequence, token) in try database.tokens(in: slice.room, slice.sequences) {
                // What was deleted keeps its place and says nothing.
                guard !token.isEmpty else { continue }
                if (try? slice.fernet.decrypt(token)) != nil {
                    report.messages += 1
                } else {
                    report.add("Message \(sequence) of room \(slice.room) does not open under its room's key.")
                }
            }
            for (sequence, token) in try database.formerTokens(in: slice.room, slice.sequences)
            where (try? slice.fernet.decrypt(token)) == nil {
                report.add("A former text of message \(sequence) of room \(slice.room) does not open.")
            }
        }
        return report
    }

    private static func take(_ slices: [Slice], _ next: Locked<Int>) -> Slice? {
        next.withLock { next in
            guard next < slices.count else { return nil }
            defer { next += 1 }
            return slices[next]
        }
    }
}

extension Database {
    /// The tokens of messages, with their sequences.
    fileprivate func tokens(
        in room: Int64, _ sequences: Range<Int64>
    ) throws(SQLiteError) -> [(sequence: Int64, token: [UInt8])] {
        try rows(
            "SELECT sequence, token FROM messages WHERE room = ? AND sequence >= ? AND sequence < ?",
            .integer(room), .integer(sequences.lowerBound), .integer(sequences.upperBound)
        ) { ($0.integer(0), $0.blob(1)) }
    }

    /// The tokens of what messages said before they were edited.
    fileprivate func formerTokens(
        in room: Int64, _ sequences: Range<Int64>
    ) throws(SQLiteError) -> [(sequence: Int64, token: [UInt8])] {
        try rows(
            "SELECT sequence, token FROM edits WHERE room = ? AND sequence >= ? AND sequence < ?",
            .integer(room), .integer(sequences.lowerBound), .integer(sequences.upperBound)
        ) { ($0.integer(0), $0.blob(1)) }
    }
}
