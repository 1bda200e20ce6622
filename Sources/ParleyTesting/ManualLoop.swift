import Bytes
public import EventLoops

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An event loop that a test drives: its time stands still until `advance(by:)`, its work waits until `run()`.
///
/// The thread that calls `run` or `advance` is the loop's thread; while none does, every caller counts as it, so a test
/// may call what is bound to the loop directly.
public final class ManualLoop: EventLoop, @unchecked Sendable {
    // Sendable because `time` and `wheel` are touched only by the one thread that drives the loop; the test sees to that.

    public let index: Int
    private let state = Locked(State())
    private var time: MonotonicTime
    private let wheel: TimerWheel

    private enum Work {
        case job(UnownedJob)
        case closure(@Sendable () -> Void)
    }

    private struct State {
        var queue: [Work] = []
        /// The thread inside `run` or `advance`, 0 while there is none.
        var driver: UInt = 0
    }

    /// - Parameter start: the time of the first turn; default one second after the start of time.
    public init(index: Int = 0, start: MonotonicTime = MonotonicTime(nanoseconds: 1_000_000_000)) {
        self.index = index
        time = start
        wheel = TimerWheel(start: start)
    }

    /// How many timers wait.
    public var timerCount: Int { wheel.count }

    /// Whether nothing is queued.
    public var isIdle: Bool { state.withLock { $0.queue.isEmpty } }

    // MARK: EventLoop

    public var isCurrent: Bool {
        let driver = state.withLock { $0.driver }
        return driver == 0 || driver == Self.threadNumber
    }

    public var now: MonotonicTime { time }

    public var taskExecutor: LoopExecutor { LoopExecutor(loop: self) }

    @discardableResult
    public func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        state.withLock { $0.queue.append(.closure(work)) }
        return true
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        state.withLock { $0.queue.append(.job(job)) }
    }

    public func checkIsolated() {
        precondition(isCurrent, "called from another thread than the loop's")
    }

    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    @discardableResult
    public func schedule(after delay: Duration, _ target: any TimerTarget) -> TimerToken {
        wheel.schedule(at: time + delay, target)
    }

    public func cancel(_ token: TimerToken) { wheel.cancel(token) }

    // MARK: Driving

    /// Runs what is queued, and what that queues, until nothing is left.
    public func run() {
        drive { drain() }
    }

    /// Lets time pass: what is queued runs, timers fire in order at their own times, and what they queue runs then.
    public func advance(by duration: Duration) {
        drive {
            let end = time + duration
            drain()
            while let due = wheel.nextDue, due <= end {
                time = max(time, due)
                wheel.advance(to: due)
                drain()
            }
            time = end
            wheel.advance(to: end)
            drain()
        }
    }

    /// Runs until `condition` holds, for handlers that wait for other threads; `false` after two minutes of real time:
    /// a busy machine may take long to run a task.
    public func run(until condition: () -> Bool) async -> Bool {
        await comesTrue {
            run()
            return condition()
        }
    }

    private func drive(_ body: () -> Void) {
        state.withLock { state in
            precondition(state.driver == 0, "a manual loop is driven by one thread, and not from inside itself")
            state.driver = Self.threadNumber
        }
        body()
        state.withLock { $0.driver = 0 }
    }

    private func drain() {
        for _ in 0..<1_000_000 {
            let work = state.withLock { state in
                let queue = state.queue
                state.queue = []
                return queue
            }
            guard !work.isEmpty else { return }
            for item in work { run(item) }
        }
        preconditionFailure("the loop's work queues more work without end")
    }

    private func run(_ item: Work) {
        switch item {
        case .job(let job): unsafe job.runSynchronously(on: asUnownedSerialExecutor())
        case .closure(let work): work()
        }
    }

    private static var threadNumber: UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: unsafe pthread_self())
        #endif
    }
}
