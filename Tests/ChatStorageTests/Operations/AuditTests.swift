import Bytes
import EventLoops
import JSON
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("The audit log") struct AuditTests {
    private let entry = AuditEntry(
        "room.deleted", target: "room", by: UUID(high: 1, low: 2), from: IPAddress("192.0.2.7"),
        details: [.init("b", .integer(2)), .init("a", .object([.init("d", .null), .init("c", "\"é\n")]))],
        reason: "spam")

    @Test func `the hash is that of the hash before it and of the canonical JSON`() {
        // SHA-256 of 32 zero bytes and {"sequence":1,"time":5,"actor":"00000000-0000-0001-0000-000000000002",
        // "address":"192.0.2.7","action":"room.deleted","target":"room","details":{"a":{"c":"\"é\n","d":null},"b":2},
        // "reason":"spam"} without the line breaks; computed with Python.
        let hash = AuditHash.hash(entry, sequence: 1, time: 5, after: AuditHash.start)
        #expect(Hex.encode(hash) == "39389c0862bd898d096d6a70ec382b4807fca9a5c55a5f28c7f78b0244eac79a")
        #expect(
            Hex.encode(AuditHash.hash(AuditEntry("a", target: ""), sequence: 2, time: 6, after: hash))
                == "4cc1ac150099d219f750a388b343c72b0315ddf5aac6615900ffa0b6d918bc84")
    }

    @Test func `entries are there with their change and not without it`() async throws {
        struct Refusal: Error {}
        try await Harness.run { harness in
            let seen = Locked<[AuditRecord]>([])
            harness.store.observeAudit { records in seen.withLock { $0 += records } }
            let first = try await harness.store.audit(entry)
            let (writer, other) = (harness.store.writer, entry)
            await #expect(throws: Refusal.self) {
                try await writer.write { (log, events) in
                    try log.audit(other, &events)
                    throw Refusal()
                }
            }
            let second = try await harness.store.audit(AuditEntry("a", target: "b"))
            #expect([first.sequence, second.sequence] == [1, 2])
            let records = try await harness.store.auditRecords(most: 10)
            #expect(records.map(\.hash) == [second.hash, first.hash])
            #expect(records[1].entry.details.map(\.name) == ["a", "b"])
            #expect(records[1].entry.actor == entry.actor && records[1].entry.address == entry.address)
            #expect(try await harness.store.auditRecords(before: 2, most: 10).map(\.sequence) == [1])
            #expect(seen.withLock { $0 } == [first, second])
            let verdict = try AuditLog.verify(harness.folder.file("chat.db"))
            #expect(verdict.good == 2 && verdict.fault == nil)
            #expect(verdict.head == AuditHead(sequence: 2, hash: Hex.encode(second.hash)))
        }
    }

    @Test func `entries that are cut off are missed, and their numbers not given again`() async throws {
        try await Harness.run { harness in
            for _ in 0..<3 { try await harness.store.audit(entry) }
            try await harness.store.writer.write { (log, _) in
                _ = try log.database.run("DELETE FROM audit WHERE sequence = 3")
            }
            let path = harness.folder.file("chat.db")
            #expect(try AuditLog.verify(path).fault?.sequence == 3)
            #expect(try await harness.store.audit(entry).sequence == 4)
            #expect(try AuditLog.verify(path).fault?.sentence == "Entry 3 of the audit log is missing.")
        }
    }
}
