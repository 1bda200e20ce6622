import Bytes
import Cryptography
import JSON

/// The chain: each record's hash is the SHA-256 of the hash before it and of the record as canonical JSON.
///
/// Canonical is: no white space; the record's members in the order below; members of `details`, at every depth, in the order
/// of their names' UTF-8 bytes.
enum AuditHash {
    /// What stands before the first record.
    static let start = [UInt8](repeating: 0, count: SHA256.byteCount)

    static func hash(_ entry: AuditEntry, sequence: Int64, time: Int64, after previous: [UInt8]) -> [UInt8] {
        let record: JSONValue = [
            "sequence": .integer(sequence), "time": .integer(time), "actor": .init(entry.actor?.description),
            "address": .init(entry.address?.description), "action": .string(entry.action),
            "target": .string(entry.target), "details": canonical(.object(entry.details)),
            "reason": .init(entry.reason),
        ]
        return SHA256.hash(previous + JSONPrinter.text(of: record))
    }

    static func canonical(_ value: JSONValue) -> JSONValue {
        switch value {
        case .array(let elements): .array(elements.map(canonical))
        case .object(let members):
            .object(
                members.map { .init($0.name, canonical($0.value)) }
                    .sorted { $0.name.utf8.lexicographicallyPrecedes($1.name.utf8) })
        case .null, .bool, .integer, .double, .string, .bytes: value
        }
    }
}

extension JSONValue {
    fileprivate init(_ text: String?) { self = text.map { .string($0) } ?? .null }
}
