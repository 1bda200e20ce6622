import Bytes
import ChatStorage
import JSON
import ParleyApp

/// `parley audit`: shows the audit log, and whether it is as it was written.
enum AuditCommand: MaintenanceCommand {
    static let name = "audit"
    static let summary = "show and check the log of what was changed"

    /// The log cannot be read.
    static let failure: Int32 = 2

    static var help: String {
        """
        parley audit verify [--backup FOLDER] [FLAG VALUE …]
        parley audit show [--last N] [FLAG VALUE …]

        `verify` follows the chain of hashes from the first entry to the last: it ends with 0 where all are as they were
        written, with 1 and a sentence that names the first that is not, with 2 where it cannot be told. With a backup it
        also checks that the entries that the backup knew are still the same. `show` writes the newest entries, one JSON
        object in a line, 100 unless told. The server may run.

        """
    }

    static func parse(_ words: inout CommandWords) throws(UsageError) -> Work {
        switch words.takeWord() {
        case "verify":
            let backup = try words.takeValue("--backup")
            return { (maintenance) throws(StartError) in verdict(try maintenance.verifyAudit(backup: backup)) }
        case "show":
            let most = try words.takeNumber("--last", 1...1_000_000) ?? 100
            return { (maintenance) throws(StartError) in
                for record in try maintenance.newestAudit(most) { Console.write(line(record)) }
                return ExitCode.success
            }
        default: throw UsageError("Say what to do: `parley audit verify` or `show`.")
        }
    }

    private static func verdict(_ verdict: AuditLog.Verdict) -> Int32 {
        if let fault = verdict.fault {
            Console.complain(fault.sentence)
            return ExitCode.failure
        }
        Console.write(
            "\(verdict.good) entries are as they were written. The newest has the hash \(verdict.head.hash).\n")
        return ExitCode.success
    }

    private static func line(_ record: AuditRecord) -> String {
        let entry = record.entry
        let json: JSONValue = [
            "sequence": .integer(record.sequence),
            "time": .string(UTCTime(epochMilliseconds: record.time).rfc3339),
            "actor": entry.actor.map { .string($0.description) } ?? .null,
            "address": entry.address.map { .string($0.description) } ?? .null, "action": .string(entry.action),
            "target": .string(entry.target), "details": .object(entry.details),
            "reason": entry.reason.map { .string($0) } ?? .null, "hash": .string(Hex.encode(record.hash)),
        ]
        return String(decoding: JSONPrinter.text(of: json), as: UTF8.self) + "\n"
    }
}
