import ParleyTesting
import Testing

@testable import SQLite

@Suite struct DatabaseTests {
    private let folder = TemporaryFolder()

    private func open() throws -> Database { try Database(path: folder.file("test.db")) }

    @Test func `values of every kind come back`() throws {
        let database = try open()
        try database.script("CREATE TABLE t (a, b, c, d, e)")
        let changed = try database.run(
            "INSERT INTO t VALUES (?, ?, ?, ?, ?)", .integer(.min), .text("a\0ü🎉"), .blob([0, 255]), .null,
            .utf8(Array("utf8".utf8)))
        #expect(changed == 1)
        let row = try database.first("SELECT a, b, c, d, e, typeof(e) FROM t") { row in
            #expect(row.integer(0) == .min)
            #expect(row.text(1) == "a\0ü🎉")
            #expect(row.blob(2) == [0, 255])
            #expect(row.isNull(3))
            #expect(row.optionalText(3) == nil)
            #expect(row.optionalText(4) == "utf8")
            return row.text(5)
        }
        #expect(row == "text")
    }

    @Test func `empty texts and blobs are not NULL`() throws {
        let database = try open()
        let types = try database.first(
            "SELECT typeof(?), typeof(?), typeof(?), typeof(?)", .text(""), .blob([]), .utf8([]), .null
        ) { row in (0..<4).map(row.text) }
        #expect(types == ["text", "blob", "text", "null"])
    }

    @Test func `the log is on, a commit reaches the disk, and foreign keys count`() throws {
        let database = try open()
        #expect(try database.first("PRAGMA journal_mode") { $0.text(0) } == "wal")
        #expect(try database.integer("PRAGMA synchronous") == 2)
        #expect(try database.integer("PRAGMA foreign_keys") == 1)
        #expect(try database.integer("PRAGMA secure_delete") == 2)
        #expect(try database.integer("PRAGMA journal_size_limit") == 67_108_864)
    }

    @Test func `a transaction that throws leaves nothing`() throws {
        let database = try open()
        try database.script("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        #expect(throws: SQLiteError.self) {
            try database.transaction { () throws(SQLiteError) in
                try database.run("INSERT INTO t VALUES (1)")
                try database.run("INSERT INTO t VALUES (1)")
            }
        }
        #expect(try database.integer("SELECT count(*) FROM t") == 0)
        #expect(!database.isInTransaction)
    }

    @Test func `a second row under one key is a constraint`() throws {
        let database = try open()
        try database.script("CREATE TABLE t (a INTEGER PRIMARY KEY)")
        try database.run("INSERT INTO t VALUES (?)", 1)
        let error = #expect(throws: SQLiteError.self) { try database.run("INSERT INTO t VALUES (?)", 1) }
        #expect(error?.kind == .constraint)
    }

    @Test func `a full database is told apart and can be written again when there is room`() throws {
        let database = try open()
        try database.script("CREATE TABLE t (a); PRAGMA max_page_count = 10")
        let error = #expect(throws: SQLiteError.self) {
            try database.run("INSERT INTO t VALUES (?)", .blob([UInt8](repeating: 1, count: 100_000)))
        }
        #expect(error?.kind == .full)
        try database.script("PRAGMA max_page_count = 1000")
        try database.run("INSERT INTO t VALUES (?)", .blob([UInt8](repeating: 1, count: 100_000)))
    }

    @Test func `a file of something else is refused`() {
        folder.put(Array("this is a letter and no database, long enough for a header".utf8) + [10], in: "test.db")
        let error = #expect(throws: SQLiteError.self) { try open() }
        #expect(error?.kind == .notADatabase)
    }

    @Test func `a path that leads nowhere is refused`() {
        let error = #expect(throws: SQLiteError.self) { try Database(path: folder.file("none/test.db")) }
        #expect(error?.kind == .cannotOpen)
    }

    @Test func `a reading connection cannot write`() throws {
        try open().script("CREATE TABLE t (a)")
        let reader = try Database(path: folder.file("test.db"), DatabaseOptions(isReadOnly: true))
        let error = #expect(throws: SQLiteError.self) { try reader.run("INSERT INTO t VALUES (1)") }
        #expect(error?.kind == .readOnly)
    }

    @Test func `a database that another connection holds is busy`() throws {
        let first = try open()
        try first.run("BEGIN IMMEDIATE")
        var options = DatabaseOptions()
        options.busyTimeout = 1
        let second = try Database(path: folder.file("test.db"), options)
        let error = #expect(throws: SQLiteError.self) { try second.run("BEGIN IMMEDIATE") }
        #expect(error?.kind == .busy)
        first.rollBack()
        try second.run("BEGIN IMMEDIATE")
        second.rollBack()
    }

    @Test func `a snapshot does not see what is committed meanwhile`() throws {
        let writer = try open()
        try writer.script("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        let reader = try Database(path: folder.file("test.db"), DatabaseOptions(isReadOnly: true))
        let counts = try reader.snapshot {
            let before = try reader.integer("SELECT count(*) FROM t")
            try writer.run("INSERT INTO t VALUES (2)")
            return [before, try reader.integer("SELECT count(*) FROM t")]
        }
        #expect(counts == [1, 1])
        #expect(try reader.integer("SELECT count(*) FROM t") == 2)
    }

    @Test func `emptying the log leaves it with no bytes`() throws {
        let database = try open()
        try database.script("CREATE TABLE t (a); INSERT INTO t VALUES (1)")
        #expect(!folder.bytes(of: "test.db-wal").isEmpty)
        try database.emptyLog()
        #expect(folder.bytes(of: "test.db-wal").isEmpty)
    }

    @Test func `every failure has a sentence and its code`() {
        let kinds: [(Int32, SQLiteError.Kind)] = [
            (13, .full), (5, .busy), (6, .busy), (11, .corrupt), (26, .notADatabase), (8, .readOnly), (10, .io),
            (1034, .io), (14, .cannotOpen), (19, .constraint), (2067, .constraint), (1, .other),
        ]
        for (code, kind) in kinds {
            let error = SQLiteError(code: code)
            #expect(error.kind == kind)
            #expect(error.description.hasSuffix("(SQLite code \(code))"))
        }
    }
}
