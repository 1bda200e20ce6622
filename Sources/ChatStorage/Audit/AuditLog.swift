import Bytes
import Chat
import SQLite

/// The audit log of a database, as it is looked at without a server.
public enum AuditLog {
    /// What became of the chain.
    public struct Verdict: Sendable, Equatable {
        /// How many records are good, from the first on.
        public var good = 0
        /// The newest record.
        public var head = AuditHead(sequence: 0, hash: "")
        /// The first sequence that is not as it was written, and what is wrong there.
        public var fault: Fault?
    }

    /// Something that is not as it was written.
    public struct Fault: Sendable, Equatable {
        public let sequence: Int64
        /// One sentence.
        public let sentence: String
    }

    /// Follows the chain from the first record to the last.
    ///
    /// - Parameter noted: a head that was noted elsewhere, as in a backup: the record of that sequence must have that hash.
    public static func verify(_ path: String, noted: AuditHead? = nil) throws(BackupError) -> Verdict {
        try reading(path, or: Verdict()) { (database) throws(SQLiteError) in
            var walk = Walk(noted: noted)
            while walk.verdict.fault == nil {
                let records = try database.auditRecords(after: walk.last, most: 1_000)
                if records.isEmpty { break }
                for (sequence, record) in records where walk.verdict.fault == nil { walk.take(sequence, record) }
            }
            let counted = try database.first("SELECT value FROM counters WHERE name = 'audit'") { $0.integer(0) }
            walk.end(counted: counted ?? 0)
            walk.verdict.head = try database.auditHead()
            return walk.verdict
        }
    }

    /// The newest records, oldest first.
    public static func newest(_ most: Int, of path: String) throws(BackupError) -> [AuditRecord] {
        try reading(path, or: []) { (database) throws(SQLiteError) in
            try database.auditRecords(before: .max, most: most).reversed()
        }
    }

    /// Runs `body` on one state of the database. One without the table has no records.
    private static func reading<R>(
        _ path: String, or none: R, _ body: (Database) throws(SQLiteError) -> R
    ) throws(BackupError) -> R {
        guard DiskFile.exists(path) else { throw .noDatabase(path: path) }
        do {
            let database = try Database(path: path, DatabaseOptions(isReadOnly: true))
            guard try database.integer("PRAGMA user_version") >= Schema.firstWithAudit else { return none }
            return try database.snapshot { () throws(SQLiteError) in try body(database) }
        } catch let error as SQLiteError {
            throw .database(path: path, error)
        } catch {
            throw .unreadable(path: path)
        }
    }

    /// Where the look at the chain has come to.
    private struct Walk {
        let noted: AuditHead?
        var verdict = Verdict()
        var last: Int64 = 0
        private var hash = AuditHash.start

        init(noted: AuditHead?) { self.noted = noted }

        mutating func take(_ sequence: Int64, _ record: AuditRecord?) {
            guard sequence == last + 1 else { return fail(last + 1, "is missing") }
            guard let record else { return fail(sequence, "cannot be read") }
            let wanted = AuditHash.hash(record.entry, sequence: sequence, time: record.time, after: hash)
            guard record.hash == wanted else { return fail(sequence, "is not as it was written") }
            if let noted, noted.sequence == sequence, noted.hash != Hex.encode(wanted) {
                return fail(sequence, "is another than the one that was noted")
            }
            (last, hash) = (sequence, wanted)
            verdict.good += 1
        }

        mutating func end(counted: Int64) {
            if verdict.fault == nil, counted > last || (noted?.sequence ?? 0) > last { fail(last + 1, "was cut off") }
        }

        private mutating func fail(_ sequence: Int64, _ what: String) {
            verdict.fault = Fault(sequence: sequence, sentence: "Entry \(sequence) of the audit log \(what).")
        }
    }
}
