import HTTPWire
import Testing

/// Request streams and what a strict reader makes of them: the lines of `RequestTranscript`.
struct RequestExample: Sendable, CustomTestStringConvertible {
    let name: String
    let stream: String
    let lines: [String]

    init(_ name: String, _ stream: String, _ lines: [String]) {
        self.name = name
        self.stream = stream
        self.lines = lines
    }

    /// A stream whose first message is refused.
    init(_ name: String, _ stream: String, refused error: HTTPError) {
        self.init(name, stream, ["refused \(error)"])
    }

    var testDescription: String { name }
}

enum RequestCorpus {
    static let all = accepted + refusedLines + refusedHeaders + refusedFraming + refusedBodies

    static let accepted = [
        RequestExample("a bare GET", "GET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / keep", "end"]),
        RequestExample("a query", "GET /a?b=c&d HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /a ?b=c&d keep", "end"]),
        RequestExample(
            "a second question mark", "GET /a?b?c HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /a ?b?c keep", "end"]),
        RequestExample("an empty query", "GET /? HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / ? keep", "end"]),
        RequestExample("an empty line first", "\r\nGET / HTTP/1.1\r\nHost: a\r\n\r\n", ["GET / keep", "end"]),
        RequestExample(
            "blanks around a value", "GET / HTTP/1.1\r\nHost:\t a:80 \t\r\n\r\n", ["GET / keep host=a:80", "end"]),
        RequestExample(
            "an IPv6 host", "GET / HTTP/1.1\r\nHost: [::1]:80\r\n\r\n", ["GET / keep host=[::1]:80", "end"]),
        RequestExample(
            "absolute form", "GET http://a/b?c HTTP/1.1\r\nHost: a\r\n\r\n", ["GET /b ?c keep", "end"]),
        RequestExample(
            "absolute form, no path", "GET HTTP://a HTTP/1.1\r\nHost: A\r\n\r\n", ["GET / keep host=A", "end"]),
        RequestExample("asterisk form", "OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n", ["OPTIONS * keep", "end"]),
        RequestExample("PATCH", "PATCH / HTTP/1.1\r\nHost: a\r\n\r\n", ["PATCH / keep", "end"]),
        RequestExample("HTTP/1.0", "GET / HTTP/1.0\r\n\r\n", ["GET / close host=", "end"]),
        RequestExample(
            "HTTP/1.0 kept", "GET / HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n", ["GET / keep host=", "end"]),
        RequestExample(
            "HTTP/1.1 closed", "GET / HTTP/1.1\r\nHost: a\r\nConnection: x, CLOSE\r\n\r\n", ["GET / close", "end"]),
        RequestExample(
            "a length", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc",
            ["POST / keep", "body abc", "end"]),
        RequestExample(
            "length nought", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0\r\n\r\n", ["POST / keep", "end"]),
        RequestExample(
            "leading noughts", "POST / HTTP/1.1\r\nHost: a\r\nContent-Length: 0003\r\n\r\nabc",
            ["POST / keep", "body abc", "end"]),
        RequestExample(
            "a pipeline",
            "POST /1 HTTP/1.1\r\nHost: a\r\nContent-Length: 1\r\n\r\nxGET /2 HTTP/1.1\r\nHost: a\r\n\r\n"
                + "POST /3 HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n1\r\ny\r\n0\r\n\r\n",
            ["POST /1 keep", "body x", "end", "GET /2 keep", "end", "POST /3 keep", "body y", "end"]),
        RequestExample(
            "chunks", chunked("3\r\nabc\r\n0a\r\n0123456789\r\nA;x=\"y\"\r\n0123456789\r\n0\r\n\r\n"),
            ["POST / keep", "body abc01234567890123456789", "end"]),
        RequestExample(
            "chunk extensions", chunked("1;a\r\nb\r\n1;a=b;c=\"d\\\"e\";f\r\nc\r\n0;g\r\n\r\n"),
            ["POST / keep", "body bc", "end"]),
        RequestExample("no chunk but the last", chunked("0\r\n\r\n"), ["POST / keep", "end"]),
        RequestExample("a last chunk of many noughts", chunked("0000\r\n\r\n"), ["POST / keep", "end"]),
        RequestExample(
            "trailers are forgotten", chunked("1\r\na\r\n0\r\nX-A: b\r\nContent-Lengths: 5\r\n\r\n"),
            ["POST / keep", "body a", "end"]),
        RequestExample(
            "chunked in any case", "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding:\tChunked\r\n\r\n0\r\n\r\n",
            ["POST / keep", "end"]),
        RequestExample(
            "an expectation", "POST / HTTP/1.1\r\nHost: a\r\nExpect: 100-Continue\r\nContent-Length: 1\r\n\r\na",
            ["POST / keep expects", "body a", "end"]),
        RequestExample(
            "an expectation without content", "GET / HTTP/1.1\r\nHost: a\r\nExpect: 100-continue\r\n\r\n",
            ["GET / keep", "end"]),
        RequestExample(
            "an upgrade",
            "GET /s HTTP/1.1\r\nHost: a\r\nConnection: keep-alive, Upgrade\r\nUpgrade: WebSocket\r\n\r\n",
            ["GET /s keep websocket", "end"]),
        RequestExample(
            "an upgrade that Connection does not name", "GET /s HTTP/1.1\r\nHost: a\r\nUpgrade: websocket\r\n\r\n",
            ["GET /s keep", "end"]),
        RequestExample(
            "obs-text in a value", "GET / HTTP/1.1\r\nHost: a\r\nX: é\r\n\r\n", ["GET / keep", "end"]),
    ]

    static let refusedLines = [
        RequestExample("two empty lines first", "\r\n\r\nGET / HTTP/1.1\r\n", refused: .malformedRequestLine),
        RequestExample("no version", "GET /\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("two spaces", "GET  / HTTP/1.1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a space in the target", "GET /a b HTTP/1.1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a tab", "GET\t/ HTTP/1.1\r\n\r\n", refused: .invalidMethod),
        RequestExample("a tab behind the target", "GET /\tHTTP/1.1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a space at the end", "GET / HTTP/1.1 \r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a space first", " GET / HTTP/1.1\r\n\r\n", refused: .invalidMethod),
        RequestExample("a method with a colon", "GE:T / HTTP/1.1\r\n\r\n", refused: .invalidMethod),
        RequestExample("a method with a letter beyond ASCII", "GÉT / HTTP/1.1\r\n\r\n", refused: .invalidMethod),
        RequestExample("no target", "GET HTTP/1.1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a short version", "GET / HTTP/1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a long version", "GET / HTTP/1.10\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("a lower-case version", "GET / http/1.1\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("no version number", "GET / HTTP/a.b\r\n\r\n", refused: .malformedRequestLine),
        RequestExample("HTTP/1.2", "GET / HTTP/1.2\r\n\r\n", refused: .unsupportedVersion),
        RequestExample("HTTP/0.9", "GET / HTTP/0.9\r\n\r\n", refused: .unsupportedVersion),
        RequestExample("HTTP/2", "PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n", refused: .unsupportedVersion),
        RequestExample("CONNECT", "CONNECT a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", refused: .unsupportedMethod),
        RequestExample("an unknown method", "BREW / HTTP/1.1\r\nHost: a\r\n\r\n", refused: .unsupportedMethod),
        RequestExample("a lower-case method", "get / HTTP/1.1\r\nHost: a\r\n\r\n", refused: .unsupportedMethod),
        RequestExample("authority form", "GET a:443 HTTP/1.1\r\nHost: a:443\r\n\r\n", refused: .invalidTarget),
        RequestExample("no slash first", "GET a HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("an asterisk with GET", "GET * HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("another scheme", "GET ftp://a/ HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample(
            "no host in absolute form", "GET http:///b HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("a fragment", "GET /a#b HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("a fragment in the query", "GET /a?b#c HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("a backslash", "GET /a\\b HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("a target beyond ASCII", "GET /é HTTP/1.1\r\nHost: a\r\n\r\n", refused: .invalidTarget),
        RequestExample("a NUL in the target", "GET /\0 HTTP/1.1\r\n", refused: .controlCharacter),
        RequestExample("a bare LF", "GET / HTTP/1.1\nHost: a\n\n", refused: .bareLineFeed),
        RequestExample("a bare CR", "GET / HTTP/1.1\rHost: a\r\n\r\n", refused: .bareCarriageReturn),
        RequestExample("two CR", "GET / HTTP/1.1\r\r\nHost: a\r\n\r\n", refused: .bareCarriageReturn),
        RequestExample("a LF first", "\nGET / HTTP/1.1\r\n", refused: .bareLineFeed),
        RequestExample("a TLS hello", "\u{16}\u{3}\u{1}", refused: .controlCharacter),
        RequestExample("DEL", "GET /\u{7f} HTTP/1.1\r\n", refused: .controlCharacter),
    ]

    static let refusedHeaders = [
        RequestExample("no Host", "GET / HTTP/1.1\r\nX: a\r\n\r\n", refused: .missingHost),
        RequestExample("two Hosts", "GET / HTTP/1.1\r\nHost: a\r\nhost: a\r\n\r\n", refused: .repeatedHost),
        RequestExample("two Hosts in HTTP/1.0", "GET / HTTP/1.0\r\nHost: a\r\nHost: a\r\n\r\n", refused: .repeatedHost),
        RequestExample(
            "a Host beside another target", "GET http://a/ HTTP/1.1\r\nHost: b\r\n\r\n",
            refused: .hostDiffersFromTarget),
        RequestExample("a folded header", head("X: a\r\n b"), refused: .foldedHeader),
        RequestExample("a folded header with a tab", head("X: a\r\n\tb"), refused: .foldedHeader),
        RequestExample("a blank before the first header", "GET / HTTP/1.1\r\n Host: a\r\n\r\n", refused: .foldedHeader),
        RequestExample("a space before the colon", head("X : a"), refused: .spaceBeforeColon),
        RequestExample("a tab before the colon", head("X\t: a"), refused: .spaceBeforeColon),
        RequestExample("a space in the name", head("X Y: a"), refused: .spaceBeforeColon),
        RequestExample("no name", head(": a"), refused: .invalidHeaderName),
        RequestExample("no colon", head("Xa"), refused: .malformedHeader),
        RequestExample("a name with a parenthesis", head("X(: a"), refused: .invalidHeaderName),
        RequestExample("a name beyond ASCII", head("Xé: a"), refused: .invalidHeaderName),
        RequestExample("a NUL in a value", head("X: a\0b"), refused: .controlCharacter),
        RequestExample("a NUL in a name", head("X\0: a"), refused: .controlCharacter),
        RequestExample("a vertical tab in a value", head("X: a\u{b}b"), refused: .controlCharacter),
        RequestExample("a bare LF between headers", head("X: a\nY: b"), refused: .bareLineFeed),
        RequestExample("a bare CR in a value", head("X: a\rb"), refused: .bareCarriageReturn),
        RequestExample("a bare LF at the end", "GET / HTTP/1.1\r\nHost: a\r\n\n", refused: .bareLineFeed),
        RequestExample("another expectation", head("Expect: 200-ok"), refused: .unsupportedExpectation),
    ]

    static func head(_ line: String) -> String { "GET / HTTP/1.1\r\nHost: a\r\n\(line)\r\n\r\n" }

    static func chunked(_ body: String) -> String {
        "POST / HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n\(body)"
    }
}
