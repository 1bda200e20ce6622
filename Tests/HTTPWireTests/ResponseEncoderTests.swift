import Bytes
import HTTPWire
import Testing

@Suite struct `Writing responses` {
    static let time: Int64 = 784_111_777_123
    static let date = "Date: Sun, 06 Nov 1994 08:49:37 GMT\r\n"

    struct Case: Sendable, CustomTestStringConvertible {
        let name: String
        var status = HTTPStatus.ok
        var headers: HTTPHeaders = [:]
        var body: HTTPBodyFraming
        var exchange = HTTPResponseEncoder.Exchange()
        let text: String
        let framing: HTTPBodyFraming
        var testDescription: String { name }
    }

    static let cases = [
        Case(
            name: "a length", headers: ["Content-Type": "text/plain"], body: .length(5),
            text: "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\n\(date)\r\n",
            framing: .length(5)),
        Case(
            name: "no content", body: .none, text: "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\(date)\r\n", framing: .none
        ),
        Case(
            name: "HEAD", body: .length(5), exchange: .init(isHead: true),
            text: "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\(date)\r\n", framing: .none),
        Case(
            name: "204", status: .noContent, body: .length(5), text: "HTTP/1.1 204 No Content\r\n\(date)\r\n",
            framing: .none),
        Case(
            name: "304", status: .notModified, headers: ["ETag": "\"a\""], body: .none,
            text: "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\(date)\r\n", framing: .none),
        Case(
            name: "101", status: .switchingProtocols, headers: ["Connection": "Upgrade", "Upgrade": "websocket"],
            body: .none,
            text: "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\(date)\r\n",
            framing: .none),
        Case(
            name: "chunks", body: .chunked, text: "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\(date)\r\n",
            framing: .chunked),
        Case(
            name: "a stream to HTTP/1.0", body: .chunked, exchange: .init(minorVersion: 0),
            text: "HTTP/1.1 200 OK\r\nConnection: close\r\n\(date)\r\n", framing: .untilClose),
        Case(
            name: "HTTP/1.0 kept", body: .length(1), exchange: .init(minorVersion: 0),
            text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: keep-alive\r\n\(date)\r\n", framing: .length(1)),
        Case(
            name: "closed", body: .length(1), exchange: .init(keepAlive: false),
            text: "HTTP/1.1 200 OK\r\nContent-Length: 1\r\nConnection: close\r\n\(date)\r\n", framing: .length(1)),
        Case(
            name: "fields of the encoder",
            headers: [
                "Content-Length": "9", "transfer-encoding": "chunked", "Date": "never", "connection": "x", "X": "y",
            ],
            body: .length(1), text: "HTTP/1.1 200 OK\r\nX: y\r\nContent-Length: 1\r\n\(date)\r\n", framing: .length(1)),
        Case(
            name: "a status without phrase", status: HTTPStatus(299), body: .none,
            text: "HTTP/1.1 299 \r\nContent-Length: 0\r\n\(date)\r\n", framing: .none),
    ]

    @Test(arguments: cases)
    func `a head is framed for its request`(_ example: Case) throws {
        var encoder = HTTPResponseEncoder()
        var out: [UInt8] = []
        let framing = try encoder.append(
            example.status, example.headers, body: example.body, for: example.exchange, at: Self.time, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == example.text)
        #expect(framing == example.framing)
    }

    @Test(arguments: [
        ("X", "a\r\nSet-Cookie: b=c"), ("X", "a\nb"), ("X", "a\rb"), ("X", "a\0b"), ("X", "\u{7f}"), ("X\r\nY", "a"),
        ("X Y", "a"), ("", "a"), ("X:", "a"), ("É", "a"),
    ])
    func `a field that would break the message is refused`(_ name: String, _ value: String) {
        var encoder = HTTPResponseEncoder()
        var out: [UInt8] = [1, 2]
        #expect(throws: HTTPError.unsendableHeader) {
            _ = try encoder.append(.ok, [name: value], body: .none, for: .init(), at: Self.time, to: &out)
        }
        #expect(out == [1, 2])
    }

    @Test func `an answer goes by the request's head`() throws {
        for (stream, exchange) in [
            ("HEAD / HTTP/1.1\r\nHost: a\r\n\r\n", HTTPResponseEncoder.Exchange(isHead: true)),
            ("GET / HTTP/1.0\r\n\r\n", .init(minorVersion: 0, keepAlive: false)),
        ] {
            var parser = HTTPRequestParser()
            var position = 0
            guard case .head(let head) = try parser.next(Array(stream.utf8).span.bytes, at: &position) else {
                Issue.record("no head")
                return
            }
            #expect(HTTPResponseEncoder.Exchange(head) == exchange)
        }
    }

    @Test func `the date changes with the second`() throws {
        var encoder = HTTPResponseEncoder()
        var texts: [String] = []
        for time in [0, 999, 1000, -1] as [Int64] {
            var out: [UInt8] = []
            _ = try encoder.append(.ok, [:], body: .none, for: .init(), at: time, to: &out)
            texts.append(String(decoding: out, as: UTF8.self))
        }
        #expect(texts[0].contains("Thu, 01 Jan 1970 00:00:00 GMT"))
        #expect(texts[0] == texts[1])
        #expect(texts[2].contains("00:00:01 GMT"))
    }

    @Test func `chunks are read back by the response parser`() throws {
        var encoder = HTTPResponseEncoder()
        var out: [UInt8] = []
        _ = try encoder.append(.ok, [:], body: .chunked, for: .init(), at: 0, to: &out)
        for size in [1, 0, 15, 16, 300] {
            HTTPResponseEncoder.append(chunk: [UInt8](repeating: 0x61, count: size).span.bytes, to: &out)
        }
        HTTPResponseEncoder.appendLastChunk(to: &out)
        #expect(ResponseTranscript.lines(of: out) == ["200 keep", "body \(String(repeating: "a", count: 332))", "end"])
    }

    @Test func `a refusal is one sentence and closes`() {
        var encoder = HTTPResponseEncoder()
        var out: [UInt8] = []
        encoder.append(refusal: .requestLineTooLong, at: 0, to: &out)
        #expect(
            ResponseTranscript.lines(of: out) == ["414 close", "body \(HTTPError.requestLineTooLong.message)", "end"])
    }

    @Test func `headers are changed by name in any case`() {
        var headers: HTTPHeaders = ["A": "1", "b": "2", "a": "3"]
        #expect(headers.values("a") == ["1", "3"])
        headers.set("a", "4")
        #expect(headers == ["b": "2", "A": "4"])
        headers.setDefault("B", "5")
        headers.setDefault("C", "6")
        headers.remove("none")
        #expect(headers.map { "\($0.name)=\($0.value)" } == ["b=2", "a=4", "C=6"])
        #expect(headers.count == 3)
        headers.remove("c")
        #expect(!headers.contains("C"))
        #expect(headers != ["b": "2"])
        #expect(HTTPHeaders().isEmpty)
    }

    @Test func `a request is read back as it was written`() throws {
        var out: [UInt8] = []
        try HTTPRequestEncoder.append(
            .post, target: "/a?b=c", host: "a:80", ["X": "y", "Host": "evil"], body: Array("abc".utf8), to: &out)
        #expect(RequestTranscript.lines(of: out) == ["POST /a ?b=c keep host=a:80", "body abc", "end"])
    }

    @Test(arguments: [("/ HTTP/1.1\r\nX: y", "a"), ("a", "a"), ("/é", "a"), ("/", "a\r\nX: y"), ("/", "")])
    func `a request that would break the message is refused`(_ target: String, _ host: String) {
        var out: [UInt8] = []
        #expect(throws: HTTPError.unsendableHeader) {
            try HTTPRequestEncoder.append(.get, target: target, host: host, [:], body: nil, to: &out)
        }
        #expect(throws: HTTPError.unsendableHeader) {
            try HTTPRequestEncoder.append(.get, target: "/", host: "a", ["X": "\n"], body: nil, to: &out)
        }
        #expect(out.isEmpty)
    }
}
