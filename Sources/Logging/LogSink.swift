import Bytes

/// Where records go. Called from any thread; must not block for long.
public protocol LogSink: Sendable {
    /// Takes one record.
    func write(_ record: LogRecord)

    /// How many records were let go of, because there was no room for them or they could not be written.
    var droppedCount: Int { get }
}

extension LogSink {
    /// None.
    public var droppedCount: Int { 0 }
}

/// Forgets every record.
public struct NullSink: LogSink {
    public init() {}

    public func write(_ record: LogRecord) {}
}

/// Keeps the records, for tests.
public final class MemorySink: LogSink {
    private let kept = Locked<[LogRecord]>([])

    public init() {}

    public func write(_ record: LogRecord) {
        kept.withLock { $0.append(record) }
    }

    /// What was written so far.
    public var records: [LogRecord] { kept.withLock { $0 } }
}
