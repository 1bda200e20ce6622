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

    func run(_ jobs: [any WriterJob<Connection>]) {
        let writes = jobs.filter(\.isWrite)
        let outcome = writes.isEmpty ? Outcome() : commit(writes)
        if !outcome.events.isEmpty { observer(outcome.events) }
        // In the order in which the jobs came, whatever became of them.
        var position = 0
        for job in jobs {
            if job.isWrite {
                end(job, outcome.failure ?? outcome.refusals[position])
                position += 1
            } else {
                end(job, attempt(job))
            }
        }
        if !writes.isEmpty && outcome.failure == nil { connection.didCommit() }
    }

    func close() {
        // Leaves one tidy file behind; where that fails, the log is read at the next start.
        _ = try? database.emptyLog()
    }

    /// What became of the transaction of a batch.
    private struct Outcome {
        var events: [Connection.Event] = []
        /// Why single jobs failed, by their place among the writes.
        var refusals: [Int: any Error] = [:]
        /// Why all of them failed.
        var failure: (any Error)?
    }

    private func commit(_ jobs: [Job]) -> Outcome {
        var outcome = Outcome()
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
            return Outcome(failure: error)
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
