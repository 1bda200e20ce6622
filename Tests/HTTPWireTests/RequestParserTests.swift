import HTTPWire
import Testing

@Suite struct `Reading requests` {
    @Test(arguments: RequestCorpus.all)
    func `a stream in one piece is read or refused as it should be`(_ example: RequestExample) {
        #expect(RequestTranscript.lines(of: Array(example.stream.utf8)) == example.lines)
    }

    @Test(arguments: RequestCorpus.all)
    func `a stream cut anywhere is read as in one piece`(_ example: RequestExample) {
        let stream = Array(example.stream.utf8)
        for cut in 0...stream.count {
            #expect(RequestTranscript.lines(of: stream, cutAt: [cut]) == example.lines, "cut at \(cut)")
        }
        #expect(RequestTranscript.lines(of: stream, cutAt: Array(0..<stream.count)) == example.lines)
    }

    @Test func `the streams of the corpus are told apart by name`() {
        #expect(Set(RequestCorpus.all.map(\.name)).count == RequestCorpus.all.count)
    }

    @Test func `a pipeline leaves the next request with the caller`() throws {
        let one = Array("GET /1 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        let bytes = one + Array("GET /2 HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        var position = 0
        guard case .head(let head) = try parser.next(bytes.span.bytes, at: &position) else {
            Issue.record("no head")
            return
        }
        #expect(head.path == "/1")
        #expect(position == one.count)
        guard case .end = try parser.next(bytes.span.bytes, at: &position) else {
            Issue.record("no end")
            return
        }
        #expect(position == one.count)
        let isIdle = parser.isIdle
        #expect(isIdle)
    }

    @Test func `the bytes behind the head of an upgrade stay with the caller`() throws {
        let head = Array("GET / HTTP/1.1\r\nHost: a\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n".utf8)
        let bytes = head + [0x81, 0x80]
        var parser = HTTPRequestParser()
        var position = 0
        _ = try parser.next(bytes.span.bytes, at: &position)
        #expect(position == head.count)
    }

    @Test func `a parser is idle until the first byte of a message`() throws {
        var parser = HTTPRequestParser()
        var position = 0
        var isIdle = [parser.isIdle]
        for bytes in [[], Array("GET".utf8)] {
            _ = try parser.next(bytes.span.bytes, at: &position)
            isIdle.append(parser.isIdle)
        }
        #expect(isIdle == [true, true, false])
    }

    @Test func `an error is final`() {
        var parser = HTTPRequestParser()
        let bytes = Array("\nGET / HTTP/1.1\r\nHost: a\r\n\r\n".utf8)
        for start in [0, 1, 1] {
            var position = start
            do throws(HTTPError) {
                _ = try parser.next(bytes.span.bytes, at: &position)
                Issue.record("accepted")
            } catch {
                #expect(error == .bareLineFeed)
            }
        }
    }

    @Test func `headers are found in any case, in their order`() throws {
        let bytes = Array("GET /?a=b%20c HTTP/1.1\r\nHost: a\r\nX-A: 1\r\nx-b: 2 , 3,\r\nX-a:\r\nX-B: 4\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        var position = 0
        guard case .head(let head) = try parser.next(bytes.span.bytes, at: &position) else { return }
        #expect(head.headers.first("x-A") == "1")
        #expect(head.headers.values("X-A") == ["1", ""])
        #expect(head.headers.list("X-B") == ["2", "3", "4"])
        #expect(head.headers.map(\.name) == ["host", "x-a", "x-b", "x-a", "x-b"])
        #expect(head.target == "/?a=b%20c")
        #expect(try head.parameters().first("a") == "b c")
        #expect(head.minorVersion == 1)
    }

    @Test func `every refusal has a status of the 400s or 500s and a sentence`() {
        for example in RequestCorpus.all {
            var parser = HTTPRequestParser()
            let bytes = Array(example.stream.utf8)
            var position = 0
            do throws(HTTPError) {
                while true { if case .needMore = try parser.next(bytes.span.bytes, at: &position) { break } }
            } catch {
                #expect((400..<600).contains(error.status.code))
                #expect(!error.status.reason.isEmpty)
                #expect(error.message.hasSuffix("."))
            }
        }
    }
}
