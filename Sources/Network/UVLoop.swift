public import Bytes
import CUV
public import EventLoops
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One thread with a libuv loop: owns connections, runs closures and the jobs of its actors, keeps timers.
///
/// A turn of the loop is: due timers, arrived bytes, the mailbox, then one gathered write for each connection that was
/// given something to write.
public final class UVLoop: EventLoop, @unchecked Sendable {
    // Sendable because `index`, `mailbox` and `owner` are for any thread; all else is touched on the loop's thread only
    // (and by `init`, before that thread exists).

    public let index: Int
    let mailbox: Mailbox
    /// The number of the loop's thread, 0 before it runs and after it has ended.
    private let owner = Atomic<UInt>(0)
    private let completion = Completion()

    let handle: UnsafeMutablePointer<uv_loop_t>
    let wake: UnsafeMutablePointer<uv_async_t>
    let timer: UnsafeMutablePointer<uv_timer_t>
    let turnEnd: UnsafeMutablePointer<uv_prepare_t>

    let wheel: TimerWheel
    /// When `timer` fires, or `nil` while it is stopped.
    var armed: MonotonicTime?

    /// Work that came from the loop's own thread.
    var localWork: [LoopWork] = []
    /// Kept to be exchanged with `localWork` and the mailbox without allocating.
    var batch: [LoopWork] = []
    let outgoing = TurnQueue()
    /// Copies of what connections wrote and the system has not taken, those of other loops too.
    let backlogBudget: MemoryBudget
    /// Where every connection of the loop reads into.
    let readBuffer = UnsafeMutableRawBufferPointer.allocate(byteCount: 64 << 10, alignment: 64)
    /// Connections whose delegate is to hear something at the end of the turn.
    var notices: [TCPConnection] = []
    /// Handles besides the loop's own that are not closed yet.
    var openHandles = 0
    var isStopping = false
    /// The executor of tasks, until the loop has ended (it holds the loop).
    private var keptExecutor: LoopExecutor?

    var counts = Statistics()

    /// Makes a loop and starts its thread.
    ///
    /// - Parameter backlogBudget: for what waits to be read by the peers of all connections together, but for bytes that
    ///   are shared. While it is used up, a connection for which more than 16 KiB wait overflows.
    public init(index: Int = 0, backlogBudget: MemoryBudget = .unlimited) {
        _ = Platform.ignoreBrokenPipes
        self.index = index
        self.backlogBudget = backlogBudget
        handle = .allocate(capacity: 1)
        wake = .allocate(capacity: 1)
        timer = .allocate(capacity: 1)
        turnEnd = .allocate(capacity: 1)
        let code = uv_loop_init(handle)
        precondition(code == 0, "the system has no descriptor left for an event loop")
        wheel = TimerWheel(start: MonotonicTime(nanoseconds: uv_now(handle) * 1_000_000))
        mailbox = Mailbox(wake: wake)
        keptExecutor = LoopExecutor(loop: self)
        prepareHandles()
        startThread()
    }

    deinit {
        readBuffer.deallocate()
        turnEnd.deallocate()
        timer.deallocate()
        wake.deallocate()
        handle.deallocate()
    }

    @inline(__always)
    public var isCurrent: Bool { owner.load(ordering: .relaxed) == Platform.threadNumber }

    public var now: MonotonicTime {
        let nanoseconds = isCurrent ? uv_now(handle) * 1_000_000 : uv_hrtime()
        return MonotonicTime(nanoseconds: nanoseconds)
    }

    /// What the loop has done so far. From the loop's thread only.
    public var statistics: Statistics { counts }

    public var taskExecutor: LoopExecutor {
        // The kept one belongs to the loop's thread; another instance with the same executor is as good.
        if isCurrent, let keptExecutor { return keptExecutor }
        return LoopExecutor(loop: self)
    }

    private func prepareHandles() {
        // Unretained, for the thread keeps the loop for as long as the handles live.
        let me = Unmanaged.passUnretained(self).toOpaque()
        uv_async_init(handle, wake, nil)
        uv_timer_init(handle, timer)
        uv_prepare_init(handle, turnEnd)
        wake.pointee.data = me
        timer.pointee.data = me
        turnEnd.pointee.data = me
        uv_prepare_start(turnEnd) { UVLoop.of($0?.pointee.data).endTurn() }
    }

    /// The loop behind the data of one of its own handles, which never outlive it.
    static func of(_ data: UnsafeMutableRawPointer?) -> UVLoop {
        Unmanaged<UVLoop>.fromOpaque(data!).takeUnretainedValue()
    }
}

// MARK: - Thread

extension UVLoop {
    private func startThread() {
        let started = Completion()
        SystemThread.start { [self] in run(started) }
        started.wait()
    }

    private func run(_ started: Completion) {
        Platform.nameThread("loop-\(index)")
        owner.store(Platform.threadNumber, ordering: .relaxed)
        started.complete()
        uv_run(handle, UV_RUN_DEFAULT)
        uv_loop_close(handle)
        keptExecutor = nil
        wheel.removeAll()
        outgoing.deallocate()
        owner.store(0, ordering: .relaxed)
        completion.complete()
    }

    /// Closes every connection and listener, runs what is queued and ends the thread. From any thread.
    ///
    /// Delegates hear `closed(.loopStopped)`. Work posted after the end never runs.
    public func stop() {
        execute { [self] in
            guard !isStopping else { return }
            isStopping = true
            closeAllHandles()
        }
    }

    /// Returns when the thread has ended. Not from a loop's thread.
    public func join() {
        precondition(!isCurrent, "a loop cannot wait for its own end")
        completion.wait()
    }

    /// Calls `body` once the thread has ended, on that thread as its last deed.
    func whenEnded(_ body: @escaping @Sendable () -> Void) { completion.whenComplete(body) }
}
