/// The steps that bring a database from one version of its schema to the next; forward only.
///
/// The version stands in the file (`user_version`). All steps that are missing run in one transaction, so that a process
/// killed in the midst of them leaves the database as it was.
public struct Migrations: Sendable {
    /// One step. Its script ends with the pragma that sets `user_version` to `version`.
    public struct Step: Sendable {
        public let version: Int64
        public let script: StaticString

        public init(version: Int64, script: StaticString) {
            self.version = version
            self.script = script
        }
    }

    private let steps: [Step]

    /// - Parameter steps: with versions 1, 2, 3 and so on.
    public init(_ steps: [Step]) {
        precondition(steps.map(\.version) == steps.indices.map { Int64($0 + 1) }, "versions are 1, 2, 3 and so on")
        self.steps = steps
    }

    /// The version that the newest step leads to.
    public var newest: Int64 { Int64(steps.count) }

    /// Brings `database` to the newest version. One that is newer still is refused (`newerSchema`) and left untouched.
    ///
    /// - Parameter copy: called before an older database with tables in it is changed, with its version.
    public func run(
        on database: Database, keeping copy: (Int64) throws(SQLiteError) -> Void = { (_) throws(SQLiteError) in }
    ) throws(SQLiteError) {
        let found = try database.integer("PRAGMA user_version")
        guard found <= newest else { throw SQLiteError(kind: .newerSchema, code: 0) }
        guard found < newest else { return }
        if found > 0 { try copy(found) }
        try database.transaction { () throws(SQLiteError) in
            // Asked again, now that nobody else can write.
            let found = try database.integer("PRAGMA user_version")
            for step in steps where step.version > found {
                try database.script(step.script)
                let reached = try database.integer("PRAGMA user_version")
                precondition(reached == step.version, "a step's script sets the version that the step leads to")
            }
        }
    }
}

extension Database {
    /// Runs `body` in a transaction: all of it is committed, or nothing.
    public func transaction<R>(_ body: () throws(SQLiteError) -> R) throws(SQLiteError) -> R {
        try run("BEGIN IMMEDIATE")
        do {
            let result = try body()
            try run("COMMIT")
            return result
        } catch {
            rollBack()
            throw error
        }
    }

    /// Runs `body` on one state of the database, whatever others commit in the meantime.
    public func snapshot<R, E: Error>(_ body: () throws(E) -> R) throws -> R {
        try run("BEGIN")
        defer { rollBack() }
        return try body()
    }

    /// Undoes the open transaction, if there is one.
    public func rollBack() {
        // Fails only where the transaction is over already.
        if isInTransaction { _ = try? run("ROLLBACK") }
    }
}
