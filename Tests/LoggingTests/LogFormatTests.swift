import Testing

@testable import Logging

@Suite struct LogFormatTests {
    private func line(_ format: LogFormat, _ message: String, _ fields: [LogField] = [], limit: Int = 8192) -> String {
        let record = LogRecord(epochMilliseconds: 1_795_158_131_005, level: .info, message: message, fields: fields)
        return String(decoding: format.line(record, limit: limit), as: UTF8.self)
    }

    @Test func `a text line has time, level, message and fields`() {
        let fields = [
            LogField("port", 10_000), LogField("name", "a b"), LogField("tls", false), LogField("path", "/x"),
        ]
        #expect(
            line(.text, "Parley listens", fields)
                == "2026-11-20T07:02:11.005Z INFO  Parley listens port=10000 name=\"a b\" tls=false path=/x\n")
    }

    @Test func `a JSON line is one object`() {
        let fields = [LogField("port", 10_000), LogField("load", 0.5), LogField("text", #"say "hi" \"#)]
        #expect(
            line(.json, "Parley listens", fields)
                == #"{"time":"2026-11-20T07:02:11.005Z","level":"info","message":"Parley listens","#
                + #""port":10000,"load":0.5,"text":"say \"hi\" \\"}"# + "\n")
    }

    @Test(arguments: LogFormat.allCases)
    func `nothing in a text begins a new line or steers a terminal`(format: LogFormat) {
        let hostile = "a\r\n\u{1b}[31m\u{7f}\u{85}\u{9b}\u{2028}\u{202e}\u{2066}\0b"
        let text = line(format, hostile, [LogField("value", .string(hostile))])
        #expect(text.utf8.filter { $0 == 0x0a }.count == 1)
        #expect(!text.dropLast().unicodeScalars.contains { $0.value < 0x20 || (0x7f...0x9f).contains($0.value) })
        #expect(text.contains(#"a\r\n\u001b[31m\u007f\u0085\u009b\u2028\u202e\u2066\u0000b"#))
    }

    @Test func `an empty value and one with an equals sign are quoted`() {
        #expect(line(.text, "m", [LogField("a", ""), LogField("b", "x=y")]).hasSuffix(#" m a="" b="x=y""# + "\n"))
    }

    @Test func `a number that JSON cannot write is null`() {
        #expect(line(.json, "m", [LogField("ratio", .double(.nan))]).contains(#""ratio":null"#))
    }

    @Test(arguments: LogFormat.allCases)
    func `a text of the limit is whole and one byte more is cut`(format: LogFormat) {
        let whole = String(repeating: "x", count: 100)
        #expect(line(format, whole, limit: 100).contains(whole))
        #expect(line(format, whole + "x", limit: 100).contains(whole + "…"))
        #expect(!line(format, whole + "x", limit: 100).contains(whole + "x"))
    }
}
