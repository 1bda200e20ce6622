import Bytes
import ParleyTesting
import Testing

@testable import SQLite

/// A table of numbers, and what happened to the connection.
final class NumberConnection: WriteConnection {
    typealias Event = Int64

    let database: Database
    private(set) var commits = 0
    private(set) var rollBacks = 0
    var refusesCommit = false

    init(path: String) throws {
        database = try Database(path: path)
        try database.script(
            """
            CREATE TABLE IF NOT EXISTS parents (x INTEGER PRIMARY KEY);
            CREATE TABLE IF NOT EXISTS numbers (
                x INTEGER PRIMARY KEY, parent INTEGER REFERENCES parents (x) DEFERRABLE INITIALLY DEFERRED
            )
            """)
    }

    func willCommit() throws {
        if refusesCommit { throw Refusal() }
    }

    func didRollBack() { rollBacks += 1 }
    func didCommit() { commits += 1 }

    func add(_ number: Int64, parent: Int64? = nil, _ events: inout [Int64]) throws {
        try database.run(
            "INSERT INTO numbers (x, parent) VALUES (?, ?)", .integer(number), parent.map { .integer($0) } ?? .null)
        events.append(number)
    }
}

struct Refusal: Error, Equatable {}

@Suite struct WriterTests {
    private let folder = TemporaryFolder()
    private let observed = Locked<[[Int64]]>([])

    private func writer(queueLimit: Int = 1000, batchLimit: Int = 1000) throws -> Writer<NumberConnection> {
        let observed = observed
        return Writer(
            try NumberConnection(path: folder.file("test.db")), queueLimit: queueLimit, batchLimit: batchLimit
        ) { events in observed.withLock { $0.append(events) } }
    }

    /// Starts `count` writes while the writer's thread is held, so that they share a batch.
    private func batch(
        _ writer: Writer<NumberConnection>, _ bodies: [@Sendable (NumberConnection, inout [Int64]) throws -> Void]
    ) async throws -> [Result<Void, any Error>] {
        let gate = Gate()
        async let held: Void = writer.readInOrder { _ in gate.waitUntilOpen() }
        await gate.untilSomeoneWaits()
        let results = Locked<[Int: Result<Void, any Error>]>([:])
        await withTaskGroup(of: Void.self) { group in
            for (index, body) in bodies.enumerated() {
                let before = writer.queuedCount
                group.addTask {
                    do {
                        try await writer.write(body)
                        results.withLock { $0[index] = .success(()) }
                    } catch {
                        results.withLock { $0[index] = .failure(error) }
                    }
                }
                while writer.queuedCount == before && results.withLock({ $0[index] == nil }) { await Task.yield() }
            }
            gate.open()
        }
        try await held
        return bodies.indices.compactMap { index in results.withLock { $0[index] } }
    }

    @Test func `a write that returns is committed and was observed`() async throws {
        let writer = try writer()
        try await writer.write { connection, events in try connection.add(1, &events) }
        #expect(observed.withLock { $0 } == [[1]])
        let other = try Database(path: folder.file("test.db"), DatabaseOptions(isReadOnly: true))
        #expect(try other.integer("SELECT x FROM numbers") == 1)
        await writer.close()
    }

    @Test func `writes that wait share one commit, in order`() async throws {
        let writer = try writer()
        let bodies = (1...100).map { number in
            { @Sendable (connection: NumberConnection, events: inout [Int64]) throws -> Void in
                try connection.add(number, &events)
            }
        }
        let results = try await batch(writer, bodies)
        #expect(results.allSatisfy { (try? $0.get()) != nil })
        #expect(observed.withLock { $0 } == [Array(1...100)])
        #expect(try await writer.readInOrder { $0.commits } == 1)
        await writer.close()
    }

    @Test func `a batch has no more writes than its limit`() async throws {
        let writer = try writer(batchLimit: 10)
        let bodies = (1...25).map { number in
            { @Sendable (connection: NumberConnection, events: inout [Int64]) throws -> Void in
                try connection.add(number, &events)
            }
        }
        _ = try await batch(writer, bodies)
        #expect(observed.withLock { $0.map(\.count) } == [10, 10, 5])
        await writer.close()
    }

    @Test func `a write that fails leaves the others of its batch unharmed`() async throws {
        let writer = try writer()
        let results = try await batch(
            writer,
            [
                { connection, events in try connection.add(1, &events) },
                { connection, events in
                    try connection.add(2, &events)
                    throw Refusal()
                },
                { connection, events in try connection.add(1, &events) },
                { connection, events in try connection.add(3, &events) },
            ])
        #expect(results.map { (try? $0.get()) != nil } == [true, false, false, true])
        #expect(throws: Refusal.self) { try results[1].get() }
        #expect(throws: SQLiteError.self) { try results[2].get() }
        #expect(observed.withLock { $0 } == [[1, 3]])
        #expect(
            try await writer.readInOrder { try $0.database.rows("SELECT x FROM numbers") { $0.integer(0) } } == [1, 3])
        await writer.close()
    }

    @Test func `a commit that fails fails all of its batch and is observed by nobody`() async throws {
        let writer = try writer()
        let results = try await batch(
            writer,
            [
                { connection, events in try connection.add(1, &events) },
                // A parent that never comes is noticed by the commit only.
                { connection, events in try connection.add(2, parent: 9, &events) },
                { connection, events in try connection.add(3, &events) },
            ])
        for result in results {
            let error = #expect(throws: SQLiteError.self) { try result.get() }
            #expect(error?.kind == .constraint)
        }
        #expect(observed.withLock { $0 } == [])
        try await writer.write { connection, events in try connection.add(4, &events) }
        #expect(observed.withLock { $0 } == [[4]])
        let state = try await writer.readInOrder {
            ($0.commits, $0.rollBacks, try $0.database.integer("SELECT sum(x) FROM numbers"))
        }
        #expect(state == (1, 1, 4))
        await writer.close()
    }

    @Test func `a connection that refuses to commit undoes the batch`() async throws {
        let writer = try writer()
        try await writer.readInOrder { $0.refusesCommit = true }
        await #expect(throws: Refusal.self) {
            try await writer.write { connection, events in try connection.add(1, &events) }
        }
        try await writer.readInOrder { $0.refusesCommit = false }
        #expect(try await writer.readInOrder { try $0.database.integer("SELECT count(*) FROM numbers") } == 0)
        await writer.close()
    }

    @Test func `a full disk fails the batch, and writing goes on when there is room`() async throws {
        let writer = try writer()
        try await writer.write { connection, events in try connection.add(1, &events) }
        try await writer.readInOrder { try $0.database.script("PRAGMA max_page_count = 1") }
        let error = await #expect(throws: SQLiteError.self) {
            try await writer.write { connection, events in
                for number in 2..<5000 { try connection.add(Int64(number), &events) }
            }
        }
        #expect(error?.kind == .full)
        #expect(try await writer.readInOrder { try $0.database.integer("SELECT count(*) FROM numbers") } == 1)
        try await writer.readInOrder { try $0.database.script("PRAGMA max_page_count = 100000") }
        try await writer.write { connection, events in try connection.add(2, &events) }
        #expect(observed.withLock { $0 } == [[1], [2]])
        await writer.close()
    }

    @Test func `a read in order misses nothing that was observed before it returns`() async throws {
        let writer = try writer()
        let results = Locked<[Int64]>([])
        let gate = Gate()
        async let held: Void = writer.readInOrder { _ in gate.waitUntilOpen() }
        await gate.untilSomeoneWaits()
        await withTaskGroup(of: Void.self) { group in
            group.addTask {
                let sum = try? await writer.readInOrder { try $0.database.integer("SELECT count(*) FROM numbers") }
                results.withLock { $0.append(sum ?? -1) }
            }
            while writer.queuedCount < 1 { await Task.yield() }
            group.addTask { try? await writer.write { connection, events in try connection.add(1, &events) } }
            while writer.queuedCount < 2 { await Task.yield() }
            gate.open()
        }
        try await held
        // The read came first, but is done after the batch that it came with: it sees what the observer has seen.
        #expect(results.withLock { $0 } == [1])
        await writer.close()
    }

    @Test func `a queue takes its limit and refuses one more`() async throws {
        let writer = try writer(queueLimit: 5)
        let bodies = (1...6).map { number in
            { @Sendable (connection: NumberConnection, events: inout [Int64]) throws -> Void in
                try connection.add(number, &events)
            }
        }
        let results = try await batch(writer, bodies)
        #expect(results.map { (try? $0.get()) != nil } == [true, true, true, true, true, false])
        #expect(throws: QueueError.full) { try results[5].get() }
        await writer.close()
    }

    @Test func `closing commits what waits and refuses what comes later`() async throws {
        let writer = try writer()
        let gate = Gate()
        async let held: Void = writer.readInOrder { _ in gate.waitUntilOpen() }
        await gate.untilSomeoneWaits()
        async let waiting: Void = writer.write { connection, events in try connection.add(1, &events) }
        while writer.queuedCount < 1 { await Task.yield() }
        async let closed: Void = writer.close()
        gate.open()
        try await held
        try await waiting
        await closed
        await #expect(throws: QueueError.closed) {
            try await writer.write { connection, events in try connection.add(2, &events) }
        }
        await writer.close()
        #expect(observed.withLock { $0 } == [[1]])
    }
}
