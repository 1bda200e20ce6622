import Bytes
import JSON
import Testing

@testable import parley

@Suite struct `What parley bench reports` {
    @Test func `percentiles are at most one percent off`() {
        var histogram = LatencyHistogram()
        for microseconds in 1...10_000 { histogram.record(nanoseconds: UInt64(microseconds) * 1_000) }
        for (fraction, expected) in [(0.5, 5.0), (0.95, 9.5), (0.99, 9.9), (1, 10)] {
            let found = histogram.milliseconds(atPercentile: fraction)
            #expect(found >= expected && found <= expected * 1.01)
        }
        #expect(histogram.count == 10_000)
    }

    @Test(arguments: [0, 1, 127, 128, 1_000_000, UInt64.max])
    func `any time fits`(nanoseconds: UInt64) {
        var histogram = LatencyHistogram()
        histogram.record(nanoseconds: nanoseconds)
        let found = histogram.milliseconds(atPercentile: 0.5)
        #expect(found >= Double(nanoseconds) / 1_000_000)
        #expect(found <= Double(nanoseconds) / 1_000_000 * 1.01)
    }

    @Test func `an empty histogram says nothing`() {
        #expect(LatencyHistogram().milliseconds(atPercentile: 0.5) == 0)
    }

    @Test func `numbers have the decimals that say something`() {
        #expect(
            [0, 1, 0.25, 12.345, 1_234.5, 0.0004].map { BenchResult.number($0) } == [
                "0", "1", "0.25", "12.3", "1235", "0",
            ])
    }

    @Test func `what is missing counts as lost`() throws {
        var result = BenchResult(try BenchOptions(["fanout", "--clients", "200"]))
        result.expected = 1_000
        result.completed = 1_000
        result.seconds = 2
        result.serverMicroseconds = 5_000
        result.serverBytes = 200 * 1_024 * 3
        #expect(result.isWhole)
        #expect(result.perSecond == 500)
        #expect(result.microsecondsPerUnit == 5)
        #expect(result.kilobytesPerConnection == 3)
        result.completed = 999
        #expect(result.lost == 1)
        #expect(!result.isWhole)
        let json = try JSONParser.parse(result.json)
        #expect(json["mode"] == "fanout")
        #expect(json["lost"]?.integerValue == 1)
        #expect(json["server_cpu_per_delivery"] != nil)
        #expect(result.table.contains("server cpu per delivery"))
    }

    @Test(arguments: [
        (#"2["message",{"room":"room3","n":17,"text":"x"}]"#, 17), (#"2["message",{"n": 5}]"#, 5),
        (#"2["message",{"room":"n"}]"#, nil), ("", nil),
    ])
    func `a message's number is found`(text: String, number: Int?) {
        #expect(BenchPacket.sequence(in: Array(text.utf8).span.bytes) == number)
    }
}
