import Bytes

/// Threads with a reading connection each, behind a bounded queue.
public final class ReaderPool: Sendable {
    private let queue: WorkQueue<any ReadJob>
    private let ends: [Completion]

    /// - Parameters:
    ///   - path: a database that is there.
    ///   - threads: how many reads run at a time.
    ///   - queueLimit: how many more may wait; further ones are refused.
    public init(path: String, threads: Int, queueLimit: Int = 10_000) throws(SQLiteError) {
        let queue = WorkQueue<any ReadJob>(limit: queueLimit)
        self.queue = queue
        var ends: [Completion] = []
        // Threads of the pool that were started before a failure end here.
        defer { if ends.count < threads { queue.close() } }
        for _ in 0..<threads {
            let connection = try Database(path: path, DatabaseOptions(isReadOnly: true))
            let end = Completion()
            SystemThread.start {
                while let jobs = queue.take(most: 1) {
                    for job in jobs { job.run(connection) }
                }
                end.complete()
            }
            ends.append(end)
        }
        self.ends = ends
    }

    deinit { queue.close() }

    /// How many reads wait for a thread.
    public var queuedCount: Int { queue.count }

    /// Runs `body` on one of the threads, on what was committed last.
    public func read<R: Sendable>(_ body: @escaping @Sendable (Database) throws -> R) async throws -> R {
        try await withCheckedThrowingContinuation { continuation in
            let job = BodyJob(body: body, continuation: continuation)
            switch queue.push(job) {
            case .taken: break
            case .full: continuation.resume(throwing: QueueError.full)
            case .closed: continuation.resume(throwing: QueueError.closed)
            }
        }
    }

    /// Takes no more reads, does those that wait, and returns when the connections are closed.
    public func close() async {
        queue.close()
        for end in ends { await end.wait() }
    }
}

private protocol ReadJob {
    func run(_ database: Database)
}

private struct BodyJob<R: Sendable>: ReadJob {
    let body: @Sendable (Database) throws -> R
    let continuation: CheckedContinuation<R, any Error>

    func run(_ database: Database) {
        do {
            continuation.resume(returning: try body(database))
        } catch {
            continuation.resume(throwing: error)
        }
    }
}
