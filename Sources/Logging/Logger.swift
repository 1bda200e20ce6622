/// Writes records of one level and above to a sink; a value, passed to whatever has something to tell.
///
/// Messages are constant texts; what varies goes into fields: `logger.warning("A packet was refused", ["sid": "\(id)"])`.
/// What a stranger can provoke names its `source` (an address), and is then bounded for each source by the limiter.
public struct Logger: Sendable {
    /// Records below this are not made.
    public var level: LogLevel
    private var fields: [LogField] = []
    private let sink: any LogSink
    private let limiter: LogLimiter
    private let clock: LogClock

    /// A logger that writes records of `level` and above to `sink`.
    public init(
        level: LogLevel = .info, sink: any LogSink, limiter: LogLimiter = LogLimiter(), clock: LogClock = .system
    ) {
        self.level = level
        self.sink = sink
        self.limiter = limiter
        self.clock = clock
    }

    /// A logger that forgets everything.
    public static let disabled = Logger(level: .error, sink: NullSink())

    /// How many records the sink let go of.
    public var droppedCount: Int { sink.droppedCount }

    /// The same logger, with these fields in every record.
    public func with(_ more: KeyValuePairs<String, LogValue>) -> Logger {
        var copy = self
        copy.fields += more.map { LogField($0.key, $0.value) }
        return copy
    }

    /// What only developers want to know.
    public func debug(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:],
        source: @autoclosure () -> String? = nil
    ) {
        if level <= .debug { log(.debug, message(), fields(), source: source()) }
    }

    /// What whoever runs the server may want to know.
    public func info(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:],
        source: @autoclosure () -> String? = nil
    ) {
        if level <= .info { log(.info, message(), fields(), source: source()) }
    }

    /// What whoever runs the server should look at.
    public func warning(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:],
        source: @autoclosure () -> String? = nil
    ) {
        if level <= .warning { log(.warning, message(), fields(), source: source()) }
    }

    /// What does not work, and needs somebody.
    public func error(
        _ message: @autoclosure () -> String, _ fields: @autoclosure () -> KeyValuePairs<String, LogValue> = [:],
        source: @autoclosure () -> String? = nil
    ) {
        log(.error, message(), fields(), source: source())
    }

    private func log(_ level: LogLevel, _ message: String, _ more: KeyValuePairs<String, LogValue>, source: String?) {
        var all = fields
        all.append(contentsOf: more.lazy.map { LogField($0.key, $0.value) })
        if let source {
            let admission = limiter.admit(source, at: clock.uptimeMilliseconds())
            write(summaries: admission.ended)
            guard admission.isAdmitted else { return }
            all.append(LogField("source", .string(source)))
        }
        write(LogRecord(epochMilliseconds: clock.epochMilliseconds(), level: level, message: message, fields: all))
    }

    /// Writes how many records of each source were left out so far; at the end of the program.
    public func writeSummaries() {
        write(summaries: limiter.drain())
    }

    private func write(summaries: [LogLimiter.Summary]) {
        for summary in summaries {
            let fields = [LogField("source", .string(summary.source)), LogField("count", .integer(summary.leftOut))]
            write(
                LogRecord(
                    epochMilliseconds: clock.epochMilliseconds(), level: .warning,
                    message: "More records of this source were left out", fields: fields))
        }
    }

    private func write(_ record: LogRecord) { sink.write(record) }
}
