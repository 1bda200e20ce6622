/// What the writer's thread does with a batch of jobs.
final class WriterThread<Connection: WriteConnection> {
    private typealias Job = any WriterJob<Connection>

    private let connection: Connection
    private let observer: ([Connection.Event]) -> Void

    init(_ connection: Connection, observer: @escaping ([Connection.Event]) -> Void) {
        self.connection = connection
        self.observer = observer
    }

    private var database: Database { connection.database }

    /// Runs and commits the writes among the jobs.
    func commit(_ jobs: [any WriterJob<Connection>]) -> BatchOutcome<Connection.Event> {
        let writes = jobs.filter(\.isWrite)
        guard !writes.isEmpty else { return BatchOutcome() }
        var outcome = commit(writes: writes)
        outcome.writes = writes.count
        return outcome
    }

    /// Tells the observer, and then the callers, in the order in which their jobs came.
    func finish(_ jobs: [any WriterJob<Connection>], _ outcome: BatchOutcome<Connection.Event>) {
        if !outcome.events.isEmpty { observer(outcome.events) }
        var position = 0
        for job in jobs {
            if job.isWrite {
                end(job, outcome.failure ?? outcome.refusals[position])
                position += 1
            } else {
                end(job, attempt(job))
            }
        }
        if position > 0 && outcome.failure == nil { connection.didCommit() }
    }

    func close() {
        // Leaves one tidy file behind; where that fails, the log is read at the next start.
        _ = try? database.emptyLog()
    }

    private func commit(writes jobs: [Job]) -> BatchOutcome<Connection.Event> {
        var outcome = BatchOutcome<Connection.Event>()
        do {
            try database.run("BEGIN IMMEDIATE")
            for (position, job) in jobs.enumerated() {
                if let refusal = try runInSavepoint(job, &outcome.events) { outcome.refusals[position] = refusal }
            }
            try connection.willCommit()
            try database.run("COMMIT")
            return outcome
        } catch {
            database.rollBack()
            connection.didRollBack()
            return BatchOutcome(failure: error)
        }
    }

    /// Runs one job; gives why it alone failed, and throws what ended the whole transaction.
    private func runInSavepoint(_ job: Job, _ events: inout [Connection.Event]) throws -> (any Error)? {
        let count = events.count
        try database.run("SAVEPOINT job")
        do {
            try job.run(connection, &events)
            try database.run("RELEASE job")
            return nil
        } catch {
            // A full disk and the like end the transaction with all that was in it.
            guard database.isInTransaction else { throw error }
            events.removeSubrange(count...)
            try database.run("ROLLBACK TO job")
            try database.run("RELEASE job")
            return error
        }
    }

    /// Runs a job that only reads; gives why it failed.
    private func attempt(_ job: Job) -> (any Error)? {
        var none: [Connection.Event] = []
        do {
            try job.run(connection, &none)
            return nil
        } catch {
            return error
        }
    }

    private func end(_ job: Job, _ error: (any Error)?) {
        if let error { job.fail(error) } else { job.succeed() }
    }
}

/// What became of the transaction of a batch.
struct BatchOutcome<Event> {
    var events: [Event] = []
    /// Why single jobs failed, by their place among the writes.
    var refusals: [Int: any Error] = [:]
    /// How many writes there were.
    var writes = 0
    /// Why all of them failed.
    var failure: (any Error)?
}
