import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Threads for what would block a loop, behind a bounded queue.
public final class BlockingPool: @unchecked Sendable {
    // Sendable because the variables are touched only while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrived: UnsafeMutablePointer<pthread_cond_t>
    private let maxQueued: Int
    private var queue: [(@Sendable () -> Void)?] = []
    private var head = 0
    private var isStopped = false
    private var running: Int
    private let ended = Completion()

    /// - Parameters:
    ///   - threads: how many pieces of work run at a time.
    ///   - maxQueued: how many more may wait; a further one is refused. Default 1,024.
    ///   - name: what debuggers show for the threads.
    public init(threads: Int, maxQueued: Int = 1024, name: String = "pool") {
        self.maxQueued = maxQueued
        running = max(1, threads)
        mutex = .allocate(capacity: 1)
        arrived = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(arrived, nil)
        for number in 0..<running { SystemThread.start { [self] in serve("\(name)-\(number)") } }
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        arrived.deallocate()
        mutex.deallocate()
    }

    /// How many pieces of work wait for a thread.
    public var queuedCount: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return queue.count - head
    }

    /// Runs `work` on one of the threads, in the order of the calls where there is one thread.
    public func submit(_ work: @escaping @Sendable () -> Void) throws(BlockingPoolError) {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isStopped else { throw .stopped }
        guard queue.count - head < maxQueued else { throw .full }
        queue.append(work)
        pthread_cond_signal(arrived)
    }

    /// Runs `body` on one of the threads and goes on where it was called from. Throws `BlockingPoolError` at once where
    /// the queue is full.
    public nonisolated(nonsending) func run<T: Sendable>(_ body: @escaping @Sendable () throws -> T) async throws -> T {
        try await withCheckedThrowingContinuation { continuation in
            do {
                try submit { continuation.resume(with: Result { try body() }) }
            } catch {
                continuation.resume(throwing: error)
            }
        }
    }

    /// Takes no more work; what is queued is done. From any thread.
    public func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_broadcast(arrived)
        pthread_mutex_unlock(mutex)
    }

    /// `stop()`, and returns when the threads have ended. Not from one of them.
    public func stopAndWait() {
        stop()
        ended.wait()
    }

    private func serve(_ name: String) {
        Platform.nameThread(name)
        while let work = next() { work() }
        pthread_mutex_lock(mutex)
        running -= 1
        let isLast = running == 0
        pthread_mutex_unlock(mutex)
        if isLast { ended.complete() }
    }

    private func next() -> (@Sendable () -> Void)? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while head == queue.count {
            guard !isStopped else { return nil }
            pthread_cond_wait(arrived, mutex)
        }
        let work = queue[head]
        queue[head] = nil
        head += 1
        if head == queue.count || head > maxQueued {
            queue.removeSubrange(..<head)
            head = 0
        }
        return work
    }
}

/// Why a `BlockingPool` refused work.
public enum BlockingPoolError: Error, Equatable, Sendable {
    /// As much waits as may wait.
    case full
    case stopped
}

extension BlockingPoolError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .full: "Too much work waits on the server; try again in a moment."
        case .stopped: "The server stops; try again later."
        }
    }
}
