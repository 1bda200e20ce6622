import HTTPWire
import Testing

@Suite struct `Limits of requests` {
    /// A limit, a request that reaches it, and one that crosses it by one.
    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        let limits: HTTPLimits
        let within: String
        let beyond: String
        let error: HTTPError
        var testDescription: String { name }
    }

    static func limits(_ change: (inout HTTPLimits) -> Void) -> HTTPLimits {
        var limits = HTTPLimits()
        change(&limits)
        return limits
    }

    static let line = "GET / HTTP/1.1\r\n"
    static let cases = [
        Case(
            name: "request line", limits: limits { $0.requestLine = 15 }, within: "GET /a HTTP/1.1\r\nHost: a\r\n\r\n",
            beyond: "GET /ab HTTP/1.1\r\nHost: a\r\n\r\n", error: .requestLineTooLong),
        Case(
            name: "header block", limits: limits { $0.headerBlock = 15 }, within: line + "Host: a\r\nX: 1\r\n\r\n",
            beyond: line + "Host: a\r\nX: 12\r\n\r\n", error: .headerBlockTooLarge),
        Case(
            name: "one long header", limits: limits { $0.headerBlock = 15 }, within: line + "Host: a\r\nX: 1\r\n\r\n",
            beyond: line + "Host: a\r\nX: 1234", error: .headerBlockTooLarge),
        Case(
            name: "header count", limits: limits { $0.headerCount = 2 }, within: line + "Host: a\r\nX: 1\r\n\r\n",
            beyond: line + "Host: a\r\nX: 1\r\nY:\r\n\r\n", error: .tooManyHeaders),
        Case(
            name: "announced body", limits: limits { $0.body = 3 },
            within: line + "Host: a\r\nContent-Length: 3\r\n\r\nabc",
            beyond: line + "Host: a\r\nContent-Length: 4\r\n\r\n", error: .bodyTooLarge),
        Case(
            name: "sum of chunks", limits: limits { $0.body = 3 },
            within: RequestCorpus.chunked("1\r\na\r\n2\r\nbc\r\n0\r\n\r\n"),
            beyond: RequestCorpus.chunked("1\r\na\r\n3\r\n"), error: .bodyTooLarge),
        Case(
            name: "chunk extensions", limits: limits { $0.chunkExtensions = 4 },
            within: RequestCorpus.chunked("1;ab\r\na\r\n1;cd\r\nb\r\n0\r\n\r\n"),
            beyond: RequestCorpus.chunked("1;ab\r\na\r\n1;cde\r\nb\r\n"), error: .chunkExtensionsTooLong),
        Case(
            name: "trailers", limits: limits { $0.trailers = 6 }, within: RequestCorpus.chunked("0\r\nA: b\r\n\r\n"),
            beyond: RequestCorpus.chunked("0\r\nA: bc\r\n\r\n"), error: .trailersTooLarge),
    ]

    @Test(arguments: cases)
    func `is kept to the byte, however the stream is cut`(_ example: Case) {
        let within = Array(example.within.utf8)
        let beyond = Array(example.beyond.utf8)
        #expect(RequestTranscript.lines(of: within, limits: example.limits).last == "end")
        let expected = RequestTranscript.lines(of: beyond, limits: example.limits)
        #expect(expected.last == "refused \(example.error)")
        for cut in 0...beyond.count {
            #expect(RequestTranscript.lines(of: beyond, cutAt: [cut], limits: example.limits) == expected)
        }
        let everywhere = Array(0..<beyond.count)
        #expect(RequestTranscript.lines(of: beyond, cutAt: everywhere, limits: example.limits) == expected)
    }

    @Test func `may be lowered for the content of one message`() throws {
        var parser = HTTPRequestParser(limits: Self.limits { $0.body = 3 })
        let request = Array(RequestCorpus.chunked("3\r\n").utf8)
        var position = 0
        _ = try parser.next(request.span.bytes, at: &position)
        parser.limitBody(to: 2)
        #expect(throws: HTTPError.bodyTooLarge) { _ = try parser.next(request.span.bytes, at: &position) }
    }

    @Test func `a lowered limit is over with its message`() throws {
        var parser = HTTPRequestParser(limits: Self.limits { $0.body = 3 })
        let requests = Array((RequestCorpus.chunked("1\r\na\r\n0\r\n\r\n") + RequestCorpus.chunked("3\r\n")).utf8)
        var position = 0
        _ = try parser.next(requests.span.bytes, at: &position)
        parser.limitBody(to: 1)
        while true {
            if case .end = try parser.next(requests.span.bytes, at: &position) { break }
        }
        _ = try parser.next(requests.span.bytes, at: &position)
        guard case .needMore = try parser.next(requests.span.bytes, at: &position) else {
            Issue.record("the chunk was refused")
            return
        }
    }

    @Test func `defaults are those of the documentation`() {
        let limits = HTTPLimits()
        #expect(limits.requestLine == 8192)
        #expect(limits.headerBlock == 16_384)
        #expect(limits.headerCount == 100)
        #expect(limits.body == 1_000_000)
        #expect(limits.chunkExtensions == 4096)
        #expect(limits.trailers == 4096)
    }

    @Test(arguments: [
        (HTTPError.requestLineTooLong, 414), (.headerBlockTooLarge, 431), (.tooManyHeaders, 431), (.bodyTooLarge, 413),
        (.unsupportedTransferCoding, 501), (.unsupportedVersion, 505), (.unsupportedExpectation, 417),
        (.missingHost, 400), (.trailersTooLarge, 431), (.unsupportedMethod, 501),
    ])
    func `a refusal has its status`(_ error: HTTPError, _ code: Int) {
        #expect(error.status.code == code)
    }

    @Test func `an endless line is refused without being kept`() {
        var transcript = RequestTranscript()
        for _ in 0..<9 { transcript.feed([UInt8](repeating: 0x61, count: 1024)) }
        #expect(transcript.lines == ["refused requestLineTooLong"])
    }
}
