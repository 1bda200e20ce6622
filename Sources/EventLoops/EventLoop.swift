/// One thread that owns connections: runs what it is given in order, keeps timers, and is an actor's executor.
///
/// `Network.UVLoop` is the real one; `ParleyTesting.ManualLoop` is driven by a test. Protocol code names only this.
public protocol EventLoop: SerialExecutor {
    /// The place of this loop in its group, from 0. State that is kept per loop is indexed by it.
    var index: Int { get }

    /// Whether the caller runs on this loop's thread.
    var isCurrent: Bool { get }

    /// Nanoseconds of a clock that never goes back. From the loop's thread: the time at which this turn began.
    var now: MonotonicTime { get }

    /// Runs `work` on the loop's thread after the caller has returned to the loop, in the order of the calls of one
    /// thread. From any thread. `false` where the loop has ended, and `work` will never run.
    @discardableResult
    func execute(_ work: @escaping @Sendable () -> Void) -> Bool

    /// Calls `target.timerFired(token)` once, on the loop, not before `delay` has passed. From the loop's thread only.
    ///
    /// The target is kept until then, or until the timer is cancelled. Precise to about 10 ms.
    @discardableResult
    func schedule(after delay: Duration, _ target: any TimerTarget) -> TimerToken

    /// Forgets a timer; one that has fired already is no fault. From the loop's thread only.
    func cancel(_ token: TimerToken)

    /// What async handlers run on: tasks that prefer it stay on the loop.
    var taskExecutor: LoopExecutor { get }
}

/// What a timer calls.
public protocol TimerTarget: AnyObject {
    /// The time has come. On the loop.
    func timerFired(_ token: TimerToken)
}

/// Names one scheduled timer on one loop.
public struct TimerToken: Hashable, Sendable {
    /// The number of the timer on its loop.
    public let id: UInt64
    /// The timer with this number.
    public init(id: UInt64) { self.id = id }
}

/// Nanoseconds since an arbitrary start.
public struct MonotonicTime: Hashable, Comparable, Sendable {
    /// Since that start.
    public var nanoseconds: UInt64

    /// That many nanoseconds after the start.
    public init(nanoseconds: UInt64) { self.nanoseconds = nanoseconds }

    public static func < (a: Self, b: Self) -> Bool { a.nanoseconds < b.nanoseconds }

    /// Stops at the start of time instead of wrapping.
    public static func + (time: Self, delay: Duration) -> Self {
        let (seconds, attoseconds) = delay.components
        let nanoseconds = seconds.multipliedReportingOverflow(by: 1_000_000_000)
        let total = nanoseconds.overflow ? Int64.max : nanoseconds.partialValue &+ attoseconds / 1_000_000_000
        if total < 0 {
            let back = UInt64(-total)
            return Self(nanoseconds: time.nanoseconds > back ? time.nanoseconds - back : 0)
        }
        let sum = time.nanoseconds.addingReportingOverflow(UInt64(total))
        return Self(nanoseconds: sum.overflow ? .max : sum.partialValue)
    }

    /// How much later `a` is; negative where it is earlier.
    public static func - (a: Self, b: Self) -> Duration {
        a >= b
            ? .nanoseconds(Int64(clamping: a.nanoseconds - b.nanoseconds))
            : .nanoseconds(-Int64(clamping: b.nanoseconds - a.nanoseconds))
    }
}
