internal import Bytes

/// What a writer's thread owns: the connection, and whatever is remembered of what it holds.
public protocol WriteConnection: AnyObject, SendableMetatype {
    /// What is told to the observer.
    associatedtype Event: Sendable

    /// The connection that the writer's thread uses.
    var database: Database { get }

    /// Last changes of a transaction, after its jobs. A failure undoes the whole transaction.
    func willCommit() throws

    /// The transaction was undone: what was remembered of it is wrong.
    func didRollBack()

    /// The transaction is committed, and all callers have gone on.
    func didCommit()
}

/// Why a writer or a reader pool took a job and did not do it, or did not take it.
public enum QueueError: Error, Equatable, Sendable, CustomStringConvertible {
    /// As many jobs wait as may wait.
    case full
    case closed

    public var description: String {
        switch self {
        case .full: "The database is busy; try again in a moment."
        case .closed: "The database is closed; start the program again."
        }
    }
}

/// The one thread that writes a database, with group commit.
///
/// It takes all jobs that wait, runs each in a savepoint of its own, so that one that fails leaves the others unharmed,
/// and commits them together. Where several callers write at once it waits for a small part of the time of a commit, so
/// that they share one: otherwise two halves of them would take turns, each waiting for the other's commit.
///
/// After the commit it calls the observer with the events of the jobs that succeeded, in order, and then lets the callers
/// go on, in order. A commit that fails is a failure of every job in it.
public final class Writer<Connection: WriteConnection>: Sendable {
    public typealias Event = Connection.Event

    private let queue: WorkQueue<any WriterJob<Connection>>
    private let end = Completion()

    /// - Parameters:
    ///   - connection: from now on touched by the writer's thread only.
    ///   - queueLimit: how many jobs may wait; further ones are refused.
    ///   - batchLimit: how many jobs share one commit at most.
    ///   - meter: told what each commit cost.
    ///   - observer: called on the writer's thread.
    public init(
        _ connection: sending Connection, queueLimit: Int = 10_000, batchLimit: Int = 1_000,
        meter: CommitMeter = CommitMeter(), observer: @escaping @Sendable ([Event]) -> Void
    ) {
        let queue = WorkQueue<any WriterJob<Connection>>(limit: queueLimit)
        let end = end
        self.queue = queue
        SystemThread.start {
            let thread = WriterThread(connection, observer: observer)
            var gathering = Gathering()
            while let jobs = queue.take(
                most: batchLimit, expecting: gathering.expected, patience: gathering.patience)
            {
                let start = ShortWait.now
                let outcome = thread.commit(jobs)
                let duration = ShortWait.now - start
                gathering.note(jobs.count, waiting: queue.count, took: duration)
                meter.note(outcome.writes, took: duration, hasFailed: outcome.failure != nil)
                thread.finish(jobs, outcome)
            }
            thread.close()
            end.complete()
        }
    }

    deinit { queue.close() }

    /// How many jobs wait for a thread.
    public var queuedCount: Int { queue.count }

    /// Runs `body` in a transaction on the writer's thread and returns when that is committed and observed.
    ///
    /// What `body` appends to its second argument is told to the observer, if it does not throw.
    public func write<R: Sendable>(
        _ body: @escaping @Sendable (Connection, inout [Event]) throws -> R
    ) async throws -> R {
        // Checked, for ThreadSanitizer does not see how an unchecked one hands over.
        try await withCheckedThrowingContinuation { continuation in
            push(WriteJob(body: body, continuation: continuation))
        }
    }

    /// Runs `body` on the writer's thread, after the commits and the observer's calls for all that came before.
    ///
    /// What `body` does not see yet, the observer has not been told when the caller goes on.
    public func readInOrder<R: Sendable>(_ body: @escaping @Sendable (Connection) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            push(OrderedReadJob(body: body, continuation: continuation))
        }
    }

    /// Takes no more jobs, commits those that wait, and returns when the connection is closed.
    public func close() async {
        queue.close()
        await end.wait()
    }

    private func push(_ job: any WriterJob<Connection>) {
        switch queue.push(job) {
        case .taken: break
        case .full: job.fail(QueueError.full)
        case .closed: job.fail(QueueError.closed)
        }
    }
}
