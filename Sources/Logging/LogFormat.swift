import Bytes

/// How a record is written as one line.
public enum LogFormat: String, CaseIterable, Sendable {
    /// `2026-11-20T07:02:11.005Z INFO  Parley listens address=127.0.0.1:10000`
    case text
    /// One JSON object.
    case json

    /// The line of `record`, its end included, cut to about `limit` bytes of text.
    func line(_ record: LogRecord, limit: Int) -> [UInt8] {
        var line: [UInt8] = []
        line.reserveCapacity(160)
        var writer = LineWriter(room: limit)
        switch self {
        case .text: writeText(record, &writer, to: &line)
        case .json: writeJSON(record, &writer, to: &line)
        }
        line.append(0x0a)
        return line
    }

    private func writeText(_ record: LogRecord, _ writer: inout LineWriter, to line: inout [UInt8]) {
        line.append(contentsOf: UTCTime(epochMilliseconds: record.epochMilliseconds).rfc3339.utf8)
        line.append(contentsOf: " \(label(record.level)) ".utf8)
        writer.append(record.message, style: .bare, to: &line)
        for field in record.fields {
            line.append(0x20)
            writer.append(field.name, style: .bare, to: &line)
            line.append(0x3d)
            if case .string(let text) = field.value {
                writer.append(text, style: LineWriter.needsQuotes(text) ? .quoted : .bare, to: &line)
            } else {
                line.append(contentsOf: plain(field.value).utf8)
            }
        }
    }

    private func writeJSON(_ record: LogRecord, _ writer: inout LineWriter, to line: inout [UInt8]) {
        line.append(contentsOf: #"{"time":"\#(UTCTime(epochMilliseconds: record.epochMilliseconds).rfc3339)""#.utf8)
        line.append(contentsOf: #","level":"\#(record.level.rawValue)","message":"#.utf8)
        writer.append(record.message, style: .json, to: &line)
        for field in record.fields {
            line.append(0x2c)
            writer.append(field.name, style: .json, to: &line)
            line.append(0x3a)
            if case .string(let text) = field.value {
                writer.append(text, style: .json, to: &line)
            } else {
                line.append(contentsOf: plain(field.value).utf8)
            }
        }
        line.append(0x7d)
    }

    private func label(_ level: LogLevel) -> String {
        switch level {
        case .debug: "DEBUG"
        case .info: "INFO "
        case .warning: "WARN "
        case .error: "ERROR"
        }
    }

    private func plain(_ value: LogValue) -> String {
        switch value {
        case .string(let text): text
        case .integer(let number): String(number)
        // JSON has no word for these (RFC 8259 section 6).
        case .double(let number): number.isFinite ? String(number) : "null"
        case .boolean(let flag): flag ? "true" : "false"
        }
    }
}
