import ParleyTesting
import Testing

@testable import Logging

@Suite struct LoggerTests {
    private let sink = MemorySink()
    private let time = ManualClock(epochMilliseconds: 1_000_000)

    private var clock: LogClock {
        LogClock(
            epochMilliseconds: { [time] in time.epochMilliseconds },
            uptimeMilliseconds: { [time] in time.epochMilliseconds - 1_000_000 })
    }

    private func logger(_ level: LogLevel = .info, _ limiter: LogLimiter = LogLimiter()) -> Logger {
        Logger(level: level, sink: sink, limiter: limiter, clock: clock)
    }

    @Test func `records below the level are not made`() {
        let logger = logger(.warning)
        logger.debug("\(Issue.record("the text was made"))")
        logger.info("info")
        logger.warning("warning")
        logger.error("error")
        #expect(sink.records.map(\.message) == ["warning", "error"])
        #expect(sink.records.map(\.level) == [.warning, .error])
    }

    @Test func `fields of the logger come before those of the call`() {
        logger().with(["loop": 1]).with(["room": "a"]).info("Joined", ["user": "\(7)"])
        #expect(sink.records.first?.fields == [LogField("loop", 1), LogField("room", "a"), LogField("user", "7")])
        #expect(sink.records.first?.epochMilliseconds == 1_000_000)
    }

    @Test func `one source writes five records a minute and the rest is counted`() {
        let logger = logger()
        for _ in 1...100_000 { logger.warning("A packet was refused", source: "192.0.2.1") }
        logger.warning("A packet was refused", source: "192.0.2.2")
        #expect(sink.records.count == 6)
        time.advance(by: .milliseconds(59_999))
        logger.warning("A packet was refused", source: "192.0.2.1")
        #expect(sink.records.count == 6)
        time.advance(by: .milliseconds(1))
        logger.warning("A packet was refused", source: "192.0.2.3")
        #expect(sink.records.count == 8)
        #expect(sink.records[6].fields == [LogField("source", "192.0.2.1"), LogField("count", 99_996)])
        logger.warning("A packet was refused", source: "192.0.2.1")
        #expect(sink.records.last?.fields == [LogField("source", "192.0.2.1")])
    }

    @Test func `records without a source are never left out`() {
        for _ in 1...100 { logger().info("Tick") }
        #expect(sink.records.count == 100)
    }

    @Test func `the end of the program tells what was left out`() {
        let logger = logger(.info, LogLimiter(burst: 1))
        for _ in 1...3 { logger.info("Tick", source: "a") }
        logger.writeSummaries()
        logger.writeSummaries()
        #expect(sink.records.count == 2)
        #expect(sink.records.last?.fields == [LogField("source", "a"), LogField("count", 2)])
    }
}

@Suite struct LogLimiterTests {
    @Test func `sources above the capacity share one window`() {
        let limiter = LogLimiter(burst: 1, capacity: 2)
        #expect(limiter.admit("a", at: 0).isAdmitted)
        #expect(limiter.admit("b", at: 0).isAdmitted)
        #expect(limiter.admit("c", at: 0).isAdmitted)
        #expect(!limiter.admit("d", at: 0).isAdmitted)
        #expect(!limiter.admit("a", at: 0).isAdmitted)
        let summaries = limiter.drain()
        #expect(summaries.map(\.source) == ["a", LogLimiter.others])
        #expect(limiter.admit("d", at: 0).isAdmitted)
    }

    @Test func `a million sources keep the table at its capacity`() {
        let limiter = LogLimiter(burst: 1, window: .milliseconds(10), capacity: 8)
        var admitted = 0
        for index in 0..<1_000_000 where limiter.admit("\(index)", at: Int64(index / 100_000)).isAdmitted {
            admitted += 1
        }
        #expect(admitted == 9)
    }
}
