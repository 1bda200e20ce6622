import Bytes
import EventLoops
import JSON
import SQLite

extension MessageLog {
    /// Appends to the audit log, in the transaction of the change that the entry tells of: there is no change without its
    /// entry, and no entry without its change.
    @discardableResult
    func audit(_ entry: AuditEntry, _ events: inout [Event]) throws -> AuditRecord {
        let record = try database.appendAudit(entry, at: clock.epochMilliseconds)
        events.append(.audit(record))
        return record
    }
}

extension Database {
    /// Appends a record. In a transaction.
    func appendAudit(_ entry: AuditEntry, at time: Int64) throws(SQLiteError) -> AuditRecord {
        let last = try first("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") {
            (sequence: $0.integer(0), hash: $0.blob(1))
        }
        // Where the end was cut off the numbers go on behind it, so that the gap stays.
        let counted = try first("SELECT value FROM counters WHERE name = 'audit'") { $0.integer(0) }
        let sequence = max(last?.sequence ?? 0, counted ?? 0) + 1
        let hash = AuditHash.hash(entry, sequence: sequence, time: time, after: last?.hash ?? AuditHash.start)
        try run(
            """
            INSERT INTO audit (sequence, time, actor, address, action, target, details, reason, hash)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .integer(sequence), .integer(time), entry.actor.map { .blob($0.bytes) } ?? .null,
            entry.address.map { .blob($0.stored) } ?? .null, .text(entry.action), .text(entry.target),
            .utf8(JSONPrinter.text(of: AuditHash.canonical(.object(entry.details)))), SQLiteValue(entry.reason),
            .blob(hash))
        try run("INSERT OR REPLACE INTO counters (name, value) VALUES ('audit', ?)", .integer(sequence))
        return AuditRecord(sequence: sequence, time: time, entry: entry, hash: hash)
    }

    /// The newest record; 0 and zeros where there is none.
    func auditHead() throws(SQLiteError) -> AuditHead {
        let last = try first("SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1") {
            AuditHead(sequence: $0.integer(0), hash: Hex.encode($0.blob(1)))
        }
        return last ?? AuditHead(sequence: 0, hash: Hex.encode(AuditHash.start))
    }

    /// Records after a sequence, oldest first; `nil` in the place of one that cannot be read.
    func auditRecords(
        after sequence: Int64, most: Int
    ) throws(SQLiteError) -> [(sequence: Int64, record: AuditRecord?)] {
        try rows(
            """
            SELECT sequence, time, actor, address, action, target, details, reason, hash FROM audit
            WHERE sequence > ? ORDER BY sequence LIMIT ?
            """, .integer(sequence), .integer(Int64(most))
        ) { ($0.integer(0), $0.auditRecord) }
    }

    /// The newest records before a sequence, newest first.
    func auditRecords(before sequence: Int64, most: Int) throws(SQLiteError) -> [AuditRecord] {
        try rows(
            """
            SELECT sequence, time, actor, address, action, target, details, reason, hash FROM audit
            WHERE sequence < ? ORDER BY sequence DESC LIMIT ?
            """, .integer(sequence), .integer(Int64(most))
        ) { $0.auditRecord }.compactMap { $0 }
    }
}

extension Row {
    /// Of the columns above.
    fileprivate var auditRecord: AuditRecord? {
        guard case .object(let details)? = try? JSONParser.parse(blob(6)) else { return nil }
        let actor = isNull(2) ? nil : UUID(bytes: blob(2))
        let address = isNull(3) ? nil : IPAddress(stored: blob(3))
        guard (actor == nil) == isNull(2), (address == nil) == isNull(3) else { return nil }
        let entry = AuditEntry(
            text(4), target: text(5), by: actor, from: address, details: details, reason: optionalText(7))
        return AuditRecord(sequence: integer(0), time: integer(1), entry: entry, hash: blob(8))
    }
}
