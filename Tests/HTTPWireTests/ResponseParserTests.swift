import HTTPWire
import Testing

/// Feeds a stream of responses in pieces, ends it, and writes down what the parser says.
enum ResponseTranscript {
    static func lines(
        of stream: [UInt8], cutAt cuts: [Int] = [], answersHead: Bool = false, limits: HTTPLimits = HTTPLimits()
    ) -> [String] {
        var parser = HTTPResponseParser(limits: limits)
        parser.answersHead = answersHead
        var lines: [String] = []
        var body: [UInt8] = []
        func writeBody() {
            if !body.isEmpty { lines.append("body " + String(decoding: body, as: UTF8.self)) }
            body = []
        }
        var start = 0
        do throws(HTTPError) {
            for cut in cuts + [stream.count] {
                let piece = Array(stream[start..<cut])
                start = cut
                var position = 0
                reading: while true {
                    switch try parser.next(piece.span.bytes, at: &position) {
                    case .needMore: break reading
                    case .head(let head): lines.append("\(head.status.code) \(head.keepAlive ? "keep" : "close")")
                    case .body(let range): body += piece[range]
                    case .end:
                        writeBody()
                        lines.append("end")
                    }
                }
            }
            if try parser.streamEnded() {
                writeBody()
                lines.append("end")
            }
        } catch {
            writeBody()
            lines.append("refused \(error)")
        }
        return lines
    }
}

@Suite struct `Reading responses` {
    static let examples: [(stream: String, lines: [String])] = [
        ("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab", ["200 keep", "body ab", "end"]),
        ("HTTP/1.1 200\r\nContent-Length: 0\r\n\r\n", ["200 keep", "end"]),
        ("HTTP/1.1 204 \r\n\r\nHTTP/1.1 304 x\r\nContent-Length: 5\r\n\r\n", ["204 keep", "end", "304 keep", "end"]),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n1\r\na\r\n0\r\n\r\n", ["200 keep", "body a", "end"]),
        ("HTTP/1.1 200 OK\r\n\r\nab", ["200 close", "body ab", "end"]),
        ("HTTP/1.0 200 OK\r\nContent-Length: 1\r\n\r\na", ["200 close", "body a", "end"]),
        (
            "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 x\r\nLink: y\r\n\r\nHTTP/1.1 404 No\r\nContent-Length: 0\r\n\r\n",
            ["404 keep", "end"]
        ),
        ("HTTP/1.1 101 Switching Protocols\r\nConnection: upgrade\r\n\r\n", ["101 keep", "end"]),
        ("HTTP/1.1 500 x\r\nConnection: close\r\nContent-Length: 0\r\n\r\n", ["500 close", "end"]),
        ("", []),
        ("HTTP/1.1 200 OK\r\nContent-Le", ["refused truncatedMessage"]),
        ("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nab", ["200 keep", "body ab", "refused truncatedMessage"]),
        (
            "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nab",
            ["200 keep", "body ab", "refused truncatedMessage"]
        ),
        ("HTTP/2 200\r\n\r\n", ["refused malformedStatusLine"]),
        ("HTTP/1.1 20\r\n\r\n", ["refused malformedStatusLine"]),
        ("HTTP/1.1 2000\r\n\r\n", ["refused malformedStatusLine"]),
        ("HTTP/1.1 600 x\r\n\r\n", ["refused malformedStatusLine"]),
        ("HTTP/1.1  200 x\r\n\r\n", ["refused malformedStatusLine"]),
        ("HTTP/1.1 200 OK\n\n", ["refused bareLineFeed"]),
        (
            "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nTransfer-Encoding: chunked\r\n\r\n",
            ["refused lengthAndTransferEncoding"]
        ),
        ("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip\r\n\r\n", ["refused unsupportedTransferCoding"]),
    ]

    @Test(arguments: examples)
    func `are read the same however they are cut`(_ stream: String, _ lines: [String]) {
        let bytes = Array(stream.utf8)
        #expect(ResponseTranscript.lines(of: bytes) == lines)
        for cut in 0...bytes.count { #expect(ResponseTranscript.lines(of: bytes, cutAt: [cut]) == lines) }
        #expect(ResponseTranscript.lines(of: bytes, cutAt: Array(0..<bytes.count)) == lines)
    }

    @Test func `the answer to HEAD has no content`() {
        let bytes = Array("HTTP/1.1 200 OK\r\nContent-Length: 2000000\r\n\r\n".utf8)
        #expect(ResponseTranscript.lines(of: bytes, answersHead: true) == ["200 keep", "end"])
    }

    @Test func `content until the end of the stream is limited too`() {
        var limits = HTTPLimits()
        limits.body = 3
        let head = Array("HTTP/1.1 200 OK\r\n\r\n".utf8)
        #expect(ResponseTranscript.lines(of: head + [97, 97, 97], limits: limits).last == "end")
        let beyond = head + [97, 97, 97, 97]
        let lines = ["200 close", "body aaa", "refused bodyTooLarge"]
        #expect(ResponseTranscript.lines(of: beyond, limits: limits) == lines)
        #expect(ResponseTranscript.lines(of: beyond, cutAt: Array(0..<beyond.count), limits: limits) == lines)
    }
}
