/// Threads on which work may take its time, so that no event loop has to.
public protocol BlockingExecutor: Sendable {
    /// Runs `work` on one of the threads; throws at once when as much is waiting as the executor takes.
    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(BlockingExecutorFull) -> R
}

/// As much work is waiting as the executor takes.
public struct BlockingExecutorFull: Error, Equatable, Sendable {
    public init() {}
}
