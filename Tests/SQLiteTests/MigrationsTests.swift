import ParleyTesting
import Testing

@testable import SQLite

@Suite struct MigrationsTests {
    private let folder = TemporaryFolder()
    private let first = Migrations.Step(version: 1, script: "CREATE TABLE a (x); PRAGMA user_version = 1")
    private let second = Migrations.Step(
        version: 2, script: "CREATE TABLE b (x); INSERT INTO b SELECT x FROM a; PRAGMA user_version = 2")
    private let failing = Migrations.Step(
        version: 2, script: "CREATE TABLE b (x); INSERT INTO nowhere VALUES (1); PRAGMA user_version = 2")

    private func open() throws -> Database { try Database(path: folder.file("test.db")) }

    @Test func `an empty database comes to the newest version`() throws {
        let database = try open()
        try Migrations([first, second]).run(on: database)
        #expect(try database.integer("PRAGMA user_version") == 2)
        #expect(try database.integer("SELECT count(*) FROM b") == 0)
    }

    @Test func `an older database keeps its rows, and a second run does nothing`() throws {
        let database = try open()
        try Migrations([first]).run(on: database)
        try database.run("INSERT INTO a VALUES (7)")
        for _ in 0..<2 { try Migrations([first, second]).run(on: database) }
        #expect(try database.integer("SELECT x FROM b") == 7)
    }

    @Test func `a copy is asked for before an older database changes, and only then`() throws {
        let database = try open()
        var asked: [Int64] = []
        func run(_ steps: [Migrations.Step]) throws {
            try Migrations(steps).run(on: database) { (version) throws(SQLiteError) in
                asked.append(version)
                #expect(try database.integer("PRAGMA user_version") == version)
            }
        }
        try run([first])
        #expect(asked == [])
        try run([first, second])
        try run([first, second])
        #expect(asked == [1])
    }

    @Test func `without the copy nothing changes`() throws {
        let database = try open()
        try Migrations([first]).run(on: database)
        #expect(throws: SQLiteError.self) {
            try Migrations([first, second]).run(on: database) { (_) throws(SQLiteError) in
                throw SQLiteError(kind: .full)
            }
        }
        #expect(try database.integer("PRAGMA user_version") == 1)
    }

    @Test func `a step that fails leaves the database as it was`() throws {
        let database = try open()
        try Migrations([first]).run(on: database)
        #expect(throws: SQLiteError.self) { try Migrations([first, failing]).run(on: database) }
        #expect(try database.integer("PRAGMA user_version") == 1)
        #expect(try database.integer("SELECT count(*) FROM sqlite_schema WHERE name = 'b'") == 0)
        try Migrations([first, second]).run(on: database)
    }

    @Test func `a newer database is refused with one sentence and left untouched`() throws {
        let database = try open()
        try Migrations([first, second]).run(on: database)
        let error = #expect(throws: SQLiteError.self) { try Migrations([first]).run(on: database) }
        #expect(error?.kind == .newerSchema)
        #expect(error?.description.contains("newer version") == true)
        #expect(try database.integer("PRAGMA user_version") == 2)
    }
}
