import ParleyTesting
import Testing

@testable import SQLite

@Suite struct ReaderPoolTests {
    private let folder = TemporaryFolder()

    private func pool(threads: Int = 2, queueLimit: Int = 100) throws -> ReaderPool {
        let database = try Database(path: folder.file("test.db"))
        try database.script("CREATE TABLE t (a); INSERT INTO t VALUES (7)")
        return try ReaderPool(path: folder.file("test.db"), threads: threads, queueLimit: queueLimit)
    }

    @Test func `reads come back, and so do their errors`() async throws {
        let pool = try pool()
        #expect(try await pool.read { try $0.integer("SELECT a FROM t") } == 7)
        await #expect(throws: SQLiteError.self) { try await pool.read { try $0.integer("SELECT a FROM none") } }
        await pool.close()
    }

    @Test func `as many reads run at a time as there are threads`() async throws {
        let pool = try pool(threads: 2)
        let gates = [Gate(), Gate()]
        async let first: Void = pool.read { _ in gates[0].waitUntilOpen() }
        async let second: Void = pool.read { _ in gates[1].waitUntilOpen() }
        for gate in gates { await gate.untilSomeoneWaits() }
        for gate in gates { gate.open() }
        _ = try await (first, second)
        await pool.close()
    }

    @Test func `a queue takes its limit and refuses one more`() async throws {
        let pool = try pool(threads: 1, queueLimit: 1)
        let gate = Gate()
        async let held: Void = pool.read { _ in gate.waitUntilOpen() }
        await gate.untilSomeoneWaits()
        async let waiting: Int64 = pool.read { try $0.integer("SELECT a FROM t") }
        while pool.queuedCount < 1 { await Task.yield() }
        await #expect(throws: QueueError.full) { try await pool.read { _ in } }
        gate.open()
        try await held
        #expect(try await waiting == 7)
        await pool.close()
        await #expect(throws: QueueError.closed) { try await pool.read { _ in } }
    }

    @Test func `a database that is not there is refused`() {
        #expect(throws: SQLiteError.self) { try ReaderPool(path: folder.file("none.db"), threads: 1) }
    }
}
