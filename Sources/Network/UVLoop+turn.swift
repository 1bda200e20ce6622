import CUV
public import EventLoops

extension UVLoop {
    /// How often a turn looks for new work before it lets the sockets have their say again.
    private static let roundsPerTurn = 16
    private static let localRounds = 64

    @discardableResult
    public func execute(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard isCurrent else { return mailbox.post(.closure(work)) }
        localWork.append(.closure(work))
        return true
    }

    public func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        if isCurrent { localWork.append(.job(job)) } else { mailbox.post(.job(job)) }
    }

    public func checkIsolated() {
        precondition(isCurrent, "called from another thread than the loop's")
    }

    public func isIsolatingCurrentContext() -> Bool? { isCurrent }

    /// Runs what is queued, writes what was written, tells what is to be told; called just before the loop would sleep.
    func endTurn() {
        counts.turns &+= 1
        for _ in 0..<Self.roundsPerTurn {
            runLocalWork()
            outgoing.flush()
            deliverNotices()
            guard localWork.isEmpty, outgoing.isEmpty, notices.isEmpty else { continue }
            guard mailbox.take(into: &batch) else { return endIfStopped() }
            runBatch()
        }
        // Local work remains: do not sleep, but let other threads and the sockets have their say.
        if mailbox.take(into: &batch) { runBatch() }
        uv_async_send(wake)
    }

    /// Runs what came from the loop's own thread, and what that brings, but not without end.
    private func runLocalWork() {
        for _ in 0..<Self.localRounds where !localWork.isEmpty {
            swap(&localWork, &batch)
            runBatch()
        }
    }

    /// Runs what was posted before bytes are read that may answer it: a client that was told of a broadcast by another
    /// loop must find it done here. From a callback of a handle, never from inside other work.
    @inline(__always)
    func runPosted() {
        if mailbox.hasItems, mailbox.take(into: &batch) { runBatch() }
    }

    private func runBatch() {
        // Work may post work, so the batch is taken out of `self` while it runs.
        var running: [LoopWork] = []
        swap(&running, &batch)
        let executor = asUnownedSerialExecutor()
        for item in running {
            switch item {
            case .job(let job): job.runSynchronously(on: executor)
            case .closure(let work): work()
            }
        }
        running.removeAll(keepingCapacity: running.capacity <= 4096)
        swap(&running, &batch)
    }

    private func deliverNotices() {
        guard !notices.isEmpty else { return }
        var due: [TCPConnection] = []
        swap(&due, &notices)
        for connection in due { connection.deliverNotices() }
    }
}

// MARK: - Timers

extension UVLoop {
    @discardableResult
    public func schedule(after delay: Duration, _ target: any TimerTarget) -> TimerToken {
        precondition(isCurrent, "timers are scheduled on the loop's own thread")
        let deadline = now + delay
        let token = wheel.schedule(at: deadline, target)
        let due = wheel.firingTime(for: deadline)
        if armed.map({ due < $0 }) ?? true { arm(for: due) }
        return token
    }

    public func cancel(_ token: TimerToken) {
        precondition(isCurrent, "timers are cancelled on the loop's own thread")
        wheel.cancel(token)
    }

    private func arm(for due: MonotonicTime) {
        armed = due
        let distance = due > now ? due.nanoseconds - now.nanoseconds : 0
        let milliseconds = distance / 1_000_000 + (distance % 1_000_000 == 0 ? 0 : 1)
        uv_timer_start(timer, { UVLoop.of($0?.pointee.data).timerCame() }, milliseconds, 0)
    }

    private func timerCame() {
        armed = nil
        wheel.advance(to: now)
        // A target may have armed the timer anew, but perhaps not for what was due next before.
        if let due = wheel.nextDue, armed.map({ due < $0 }) ?? true { arm(for: due) }
    }
}

// MARK: - Stopping

/// What is closed with its loop.
protocol LoopBound: AnyObject {
    func loopStopped()
}

extension UVLoop {
    func closeAllHandles() {
        uv_walk(
            handle,
            { handle, loop in
                guard let handle, let data = handle.pointee.data, data != loop, uv_is_closing(handle) == 0 else {
                    return
                }
                let object = Unmanaged<AnyObject>.fromOpaque(data).takeUnretainedValue()
                (object as? any LoopBound)?.loopStopped()
            }, Unmanaged.passUnretained(self).toOpaque())
    }

    /// Closes the loop's own handles once all else is closed, so that `uv_run` returns.
    private func endIfStopped() {
        guard isStopping, openHandles == 0 else { return }
        guard mailbox.closeIfEmpty() else { return wakeAgain() }
        uv_close(Handle.of(wake), nil)
        uv_close(Handle.of(timer), nil)
        uv_close(Handle.of(turnEnd), nil)
    }

    private func wakeAgain() { uv_async_send(wake) }
}

enum Handle {
    /// The common part of any of libuv's handles.
    static func of<T>(_ handle: UnsafeMutablePointer<T>) -> UnsafeMutablePointer<uv_handle_t> {
        UnsafeMutableRawPointer(handle).assumingMemoryBound(to: uv_handle_t.self)
    }
}

extension UVLoop {
    /// Counts since the loop began.
    public struct Statistics: Sendable {
        /// Connections that are open now.
        public internal(set) var openConnections = 0
        /// How often the loop has gone round.
        public internal(set) var turns: UInt64 = 0
        /// System calls that read and wrote, and the bytes they moved.
        public internal(set) var reads: UInt64 = 0
        public internal(set) var bytesRead: UInt64 = 0
        public internal(set) var writes: UInt64 = 0
        public internal(set) var bytesWritten: UInt64 = 0
    }
}
