import HTTPWire

/// Feeds a stream in pieces and writes down what the parser says.
struct RequestTranscript: ~Copyable {
    private var parser: HTTPRequestParser
    private(set) var lines: [String] = []
    private var body: [UInt8] = []
    private var isRefused = false

    init(limits: HTTPLimits = HTTPLimits()) {
        parser = HTTPRequestParser(limits: limits)
    }

    static func lines(of stream: [UInt8], cutAt cuts: [Int] = [], limits: HTTPLimits = HTTPLimits()) -> [String] {
        var transcript = RequestTranscript(limits: limits)
        var start = 0
        for cut in cuts + [stream.count] {
            transcript.feed(Array(stream[start..<cut]))
            start = cut
        }
        return transcript.lines
    }

    mutating func feed(_ bytes: [UInt8]) {
        var position = 0
        while !isRefused {
            do {
                switch try parser.next(bytes.span.bytes, at: &position) {
                case .needMore: return
                case .head(let head): lines.append(Self.line(of: head))
                case .body(let range): body += bytes[range]
                case .end:
                    writeBody()
                    lines.append("end")
                }
            } catch {
                writeBody()
                lines.append("refused \(error)")
                isRefused = true
            }
        }
    }

    private mutating func writeBody() {
        if !body.isEmpty { lines.append("body " + String(decoding: body, as: UTF8.self)) }
        body = []
    }

    private static func line(of head: HTTPRequestHead) -> String {
        var words = ["\(head.method)", head.path]
        if let query = head.query { words.append("?" + query) }
        words.append(head.keepAlive ? "keep" : "close")
        if head.host != "a" { words.append("host=\(head.host ?? "")") }
        if head.expectsContinue { words.append("expects") }
        if head.isWebSocketUpgrade { words.append("websocket") }
        return words.joined(separator: " ")
    }
}
