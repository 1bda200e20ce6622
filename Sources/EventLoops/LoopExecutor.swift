/// What tasks run on that belong to one event loop: a task that prefers it stays on the loop's thread, whatever it awaits,
/// unless that is isolated to an actor elsewhere.
///
/// A preference, and not isolation to an actor, because it holds for code of any module however that was compiled: the
/// optimizer of Swift 6.3 takes out hops that callers of `nonisolated(nonsending)` functions rely on, and code behind an
/// `await` would then run on a thread that does not own its state.
public final class LoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    /// The executor of this loop.
    public init(loop: any EventLoop) { self.loop = loop }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { [self] in job.runSynchronously(on: asUnownedTaskExecutor()) }
    }
}

extension EventLoop {
    /// Starts `body` on this loop. Bodies started from one thread begin in the order of the calls.
    public func start(_ body: nonisolated(nonsending) @escaping @Sendable () async -> Void) {
        Task(executorPreference: taskExecutor) { await body() }
    }
}
