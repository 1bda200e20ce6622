/// A call that waits for the writer's thread. Ends once: by `succeed` or by `fail`.
protocol WriterJob<Connection>: AnyObject {
    associatedtype Connection: WriteConnection

    /// Whether the job belongs in the transaction; otherwise it is run after that and the observer.
    var isWrite: Bool { get }

    func run(_ connection: Connection, _ events: inout [Connection.Event]) throws

    /// Lets the caller go on with the result of `run`.
    func succeed()

    func fail(_ error: any Error)
}

/// Touched by the thread that pushes it, and after that by the writer's thread only.
final class WriteJob<Connection: WriteConnection, R: Sendable>: WriterJob {
    private let body: @Sendable (Connection, inout [Connection.Event]) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private var result: R?

    init(
        body: @escaping @Sendable (Connection, inout [Connection.Event]) throws -> R,
        continuation: CheckedContinuation<R, any Error>
    ) {
        self.body = body
        self.continuation = continuation
    }

    var isWrite: Bool { true }

    func run(_ connection: Connection, _ events: inout [Connection.Event]) throws {
        result = try body(connection, &events)
    }

    func succeed() {
        guard let result else { return fail(QueueError.closed) }
        continuation.resume(returning: result)
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}

/// Touched by the thread that pushes it, and after that by the writer's thread only.
final class OrderedReadJob<Connection: WriteConnection, R: Sendable>: WriterJob {
    private let body: @Sendable (Connection) throws -> R
    private let continuation: CheckedContinuation<R, any Error>
    private var result: R?

    init(body: @escaping @Sendable (Connection) throws -> R, continuation: CheckedContinuation<R, any Error>) {
        self.body = body
        self.continuation = continuation
    }

    var isWrite: Bool { false }

    func run(_ connection: Connection, _ events: inout [Connection.Event]) throws { result = try body(connection) }

    func succeed() {
        guard let result else { return fail(QueueError.closed) }
        continuation.resume(returning: result)
    }

    func fail(_ error: any Error) { continuation.resume(throwing: error) }
}
