import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Writes lines to a file descriptor from a thread of its own, so that a slow terminal or a full disk stops nobody.
///
/// At most `capacity` bytes wait; lines beyond that are dropped and counted, and the count is written as soon as there is
/// room. A line that cannot be written (disk full, pipe closed) is dropped too.
@safe
public final class LogWriter: LogSink, @unchecked Sendable {
    // Safe and Sendable because the pointers live as long as the writer, and `state` is touched only
    // while `mutex` is held; the rest never changes.
    private struct State {
        var waiting: [UInt8] = []
        var dropped = 0
        /// The same since the start, with those that could not be written.
        var allDropped = 0
        var isWriting = false
        var isClosed = false
    }

    private let descriptor: Int32
    private let format: LogFormat
    private let lineLimit: Int
    private let capacity: Int
    private let clock: LogClock
    private var state = State()
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    /// Rung when there is something to write, and when all is written.
    private let changed: UnsafeMutablePointer<pthread_cond_t>

    /// - Parameters:
    ///   - descriptor: standard error unless told; never closed.
    ///   - lineLimit: bytes of text in one line; 8 KiB unless told.
    ///   - capacity: bytes that may wait; 1 MiB unless told.
    public init(
        descriptor: Int32 = 2, format: LogFormat = .text, lineLimit: Int = 8192, capacity: Int = 1 << 20,
        clock: LogClock = .system
    ) {
        self.descriptor = descriptor
        self.format = format
        self.lineLimit = lineLimit
        self.capacity = capacity
        self.clock = clock
        unsafe mutex = .allocate(capacity: 1)
        unsafe changed = .allocate(capacity: 1)
        unsafe pthread_mutex_init(mutex, nil)
        unsafe pthread_cond_init(changed, nil)
        // The thread holds the writer until `close`.
        SystemThread.start { [self] in
            while let lines = next() {
                // What cannot be written is gone; the next lines may find room.
                if !Descriptor.writeAll(lines, to: descriptor) { lost(lines) }
            }
        }
    }

    deinit {
        unsafe pthread_cond_destroy(changed)
        unsafe pthread_mutex_destroy(mutex)
        unsafe changed.deallocate()
        unsafe mutex.deallocate()
    }

    public func write(_ record: LogRecord) {
        let line = format.line(record, limit: lineLimit)
        withLock { state in
            guard !state.isClosed else { return }
            guard state.waiting.count + line.count <= capacity else {
                state.dropped += 1
                state.allDropped += 1
                return
            }
            state.waiting.append(contentsOf: line)
        }
    }

    /// Waits until every line that was accepted so far is written, but no longer than `seconds`: nobody may read them.
    public func flush(seconds: Int = 2) {
        var end = timespec()
        unsafe clock_gettime(CLOCK_REALTIME, &end)
        end.tv_sec += seconds
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        while !state.waiting.isEmpty || state.dropped > 0 || state.isWriting {
            if unsafe pthread_cond_timedwait(changed, mutex, &end) != 0 { return }
        }
    }

    /// Writes what waits, as `flush` does, and ends the thread; records after this are dropped.
    public func close(seconds: Int = 2) {
        withLock { $0.isClosed = true }
        flush(seconds: seconds)
    }

    private func withLock(_ body: (inout State) -> Void) {
        unsafe pthread_mutex_lock(mutex)
        body(&state)
        unsafe pthread_cond_broadcast(changed)
        unsafe pthread_mutex_unlock(mutex)
    }

    // MARK: The thread

    /// Waits for lines; `nil` when there will be no more.
    private func next() -> [UInt8]? {
        unsafe pthread_mutex_lock(mutex)
        defer { unsafe pthread_mutex_unlock(mutex) }
        state.isWriting = false
        unsafe pthread_cond_broadcast(changed)
        while state.waiting.isEmpty, state.dropped == 0 {
            if state.isClosed { return nil }
            unsafe pthread_cond_wait(changed, mutex)
        }
        var lines = state.waiting
        if state.dropped > 0 {
            lines.append(contentsOf: droppedLine(state.dropped))
            state.dropped = 0
        }
        state.waiting.removeAll(keepingCapacity: true)
        state.isWriting = true
        return lines
    }

    private func lost(_ lines: [UInt8]) {
        let count = lines.count { $0 == 0x0a }
        withLock { $0.allDropped += count }
    }

    public var droppedCount: Int {
        var count = 0
        withLock { count = $0.allDropped }
        return count
    }

    private func droppedLine(_ count: Int) -> [UInt8] {
        let record = LogRecord(
            epochMilliseconds: clock.epochMilliseconds(), level: .warning,
            message: "Lines were dropped because the log was not written fast enough",
            fields: [LogField("count", .integer(count))])
        return format.line(record, limit: lineLimit)
    }
}
