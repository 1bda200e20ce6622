import EngineIO
import ParleyTesting
import Testing

private let badRequest = #"400 {"code":3,"message":"Bad request"}"#
private let unknownSession = #"400 {"code":1,"message":"Session ID unknown"}"#

/// The same talk in both revisions, where they differ only in how a payload is written.
struct EngineDialect: Sendable, CustomTestStringConvertible {
    let revision: EngineRevision

    static let both = [EngineDialect(revision: .v4), EngineDialect(revision: .v3)]

    var testDescription: String { "revision \(revision.rawValue)" }
    var polling: String { "/engine.io/?EIO=\(revision.rawValue)&transport=polling" }
    var webSocket: String { "/engine.io/?EIO=\(revision.rawValue)&transport=websocket" }

    /// A payload of text packets.
    func payload(_ packets: String...) -> String {
        revision == .v4
            ? packets.joined(separator: "\u{1e}") : packets.map { "\($0.utf16.count):\($0)" }.joined()
    }

    /// A payload as `WireAnswer.line` shows it.
    func line(_ packets: String...) -> String {
        revision == .v4
            ? packets.joined(separator: "|") : packets.map { "\($0.utf16.count):\($0)" }.joined()
    }

    /// The path of a WebSocket for the session of a polling path.
    func webSocket(for session: String) -> String {
        session.replacing("transport=polling", with: "transport=websocket")
    }
}

@Suite("Engine.IO over the wire", .timeLimit(.minutes(10)))
struct EngineIOWireTests {
    @Test(arguments: EngineDialect.both)
    func `polling opens with five facts and says how it may be cached`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let answer = try wire.connect().exchange("GET", dialect.polling)
            let body = String(decoding: answer.body, as: UTF8.self)
            let start = body.firstIndex(of: "{") ?? body.endIndex
            // The id's value is random, and may be letters alone.
            let words = body[start...].split(separator: "\"").map(String.init).filter { $0.utf8.count < 20 }
            let keys = words.filter { $0.allSatisfy(\.isLetter) }
            return [
                "\(answer.status)", answer.headers["content-type"] ?? "", answer.headers["cache-control"] ?? "",
                keys.joined(separator: " "), String(body[..<start].suffix(1)),
            ]
        }
        #expect(
            lines == [
                "200", "text/plain; charset=UTF-8", "no-store",
                "sid upgrades websocket pingInterval pingTimeout maxPayload", "0",
            ])
    }

    @Test func `what cannot be served is refused with its code, plain to an upgrade`() async throws {
        let engine = EchoEngine { $0.allowRevision3 = false }
        let lines = try await conversation(with: engine) { wire in
            [
                try wire.get("/engine.io/?transport=polling"), try wire.get("/engine.io/?EIO=abc&transport=polling"),
                try wire.get("/engine.io/?EIO=4"), try wire.get("/engine.io/?EIO=4&transport=abc"),
                try wire.post("/engine.io/?EIO=4&transport=polling", ""),
                try wire.connect().exchange("PUT", "/engine.io/?EIO=4&transport=polling", body: []).line,
                try wire.get("/engine.io/?EIO=4&transport=websocket"),
                try wire.get("/engine.io/?EIO=4&transport=polling&sid=x"),
                try wire.connect().openWebSocket("/engine.io/?transport=websocket")?.line ?? "open",
                try wire.connect().openWebSocket("/engine.io/?EIO=4&transport=abc")?.line ?? "open",
                try wire.connect().openWebSocket("/engine.io/?EIO=4&transport=websocket&sid=x")?.line ?? "open",
            ]
        }
        let revision = #"400 {"code":5,"message":"Unsupported protocol version"}"#
        let transport = #"400 {"code":0,"message":"Transport unknown"}"#
        let method = #"400 {"code":2,"message":"Bad handshake method"}"#
        #expect(
            lines == [
                revision, revision, transport, transport, method, method, badRequest, unknownSession,
                "400 Unsupported protocol version", "400 Transport unknown", "400 Session ID unknown",
            ])
    }

    @Test func `a page of a listed origin may ask, with headers of its own, and another may not`() async throws {
        let engine = EchoEngine { $0.origins = .listed(["https://app.example"]) }
        let lines = try await conversation(with: engine) { wire in
            let open = "/engine.io/?EIO=4&transport=polling"
            let session = try wire.openPolling(open)
            let headers = ["Origin: https://app.example", "Access-Control-Request-Headers: authorization"]
            let preflight = try wire.connect().exchange("OPTIONS", session, headers: headers)
            let post = try wire.connect().exchange("POST", session, headers: [headers[0]], body: Array("4x".utf8))
            let refused = try wire.connect().exchange("GET", open, headers: ["Origin: https://evil.example"])
            return [preflight, post, refused].map { answer in
                let names = ["allow-origin", "allow-credentials", "allow-methods", "allow-headers"]
                return "\(answer.status) "
                    + names.compactMap { answer.headers["access-control-" + $0] }.joined(separator: " ")
            }
        }
        #expect(
            lines == ["204 https://app.example true GET, POST authorization", "200 https://app.example true", "403 "])
    }

    @Test(arguments: EngineDialect.both)
    func `what is posted comes back by polling`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling(dialect.polling + "&b64=1")
            let binary = dialect.revision == .v4 ? "bAQIDBA==" : "b4AQIDBA=="
            return [
                try wire.post(session, dialect.payload("4hello")), try wire.get(session),
                try wire.post(session, dialect.payload("4one", "4two", "4κόσμε 😀")), try wire.get(session),
                try wire.post(session, dialect.payload("4text", binary)), try wire.get(session),
            ]
        }
        let binary = dialect.revision == .v4 ? "bAQIDBA==" : "b4AQIDBA=="
        #expect(
            lines == [
                "200 ok", "200 " + dialect.line("4hello"), "200 ok", "200 " + dialect.line("4one", "4two", "4κόσμε 😀"),
                "200 ok", "200 " + dialect.line("4text", binary),
            ])
    }

    @Test func `binary content goes as it is to a client of revision 3 that takes it`() async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling("/engine.io/?EIO=3&transport=polling")
            return [try wire.post(session, "6:4hello10:b4AQIDBA=="), try wire.get(session)]
        }
        #expect(lines == ["200 ok", "200 \([0, 6, 255, 52, 104, 101, 108, 108, 111, 1, 5, 255, 4, 1, 2, 3, 4])"])
    }

    @Test(arguments: EngineDialect.both)
    func `a payload that is none ends the session`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling(dialect.polling)
            return [try wire.post(session, "abc"), try wire.get(session)]
        }
        #expect(lines == [badRequest, unknownSession])
    }

    @Test(arguments: EngineDialect.both)
    func `a second poll ends the session`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling(dialect.polling)
            // Both connections have asked before, so they live on the session's loop; and what was sent before a
            // request that has been answered has been read.
            let (first, second) = (try wire.connect(), try wire.connect())
            for connection in [first, second] {
                _ = try connection.exchange("POST", session, body: Array(dialect.payload("6").utf8))
            }
            try first.request("GET", session)
            _ = try second.exchange("POST", session, body: Array(dialect.payload("6").utf8))
            let refused = try second.exchange("GET", session).line
            return [try first.answer()?.line ?? "end", refused, try wire.get(session)]
        }
        #expect(lines == ["200 " + dialect.line("1"), badRequest, unknownSession])
    }

    @Test func `a poll that is given up ends the session`() async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling("/engine.io/?EIO=4&transport=polling")
            let poll = try wire.connect()
            _ = try poll.exchange("POST", session, body: Array("4x".utf8))
            _ = try poll.exchange("GET", session)
            try poll.request("GET", session)
            poll.hangUp()
            var line = try wire.post(session, "6")
            while line == "200 ok" { line = try wire.post(session, "6") }
            return [line, try wire.get(session)]
        }
        #expect(lines == [unknownSession, unknownSession])
    }

    @Test(arguments: EngineDialect.both)
    func `a WebSocket brings messages back and closes at nonsense`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let socket = try wire.webSocket(dialect.webSocket)
            var lines = [String(try socket.nextFrame().prefix(8))]
            try socket.frame("4hello")
            lines.append(try socket.nextFrame())
            try socket.frame([4, 1, 2, 3] as [UInt8])
            lines.append(try socket.nextFrame())
            try socket.frame("abc")
            return lines + (try socket.framesUntilClose())
        }
        #expect(lines == [#"0{"sid":"#, "4hello", "[4, 1, 2, 3]", "closed"])
    }

    @Test(arguments: EngineDialect.both)
    func `a close packet frees the poll, and the session is gone`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling(dialect.polling)
            let poll = try wire.beginGet(session)
            let posted = try wire.post(session, dialect.payload("1"))
            let socket = try wire.webSocket(dialect.webSocket)
            _ = try socket.nextFrame()
            try socket.frame("1")
            return [try poll.answer()?.line ?? "end", posted, try wire.get(session)] + (try socket.framesUntilClose())
        }
        #expect(lines == ["200 " + dialect.line("6"), "200 ok", unknownSession, "closed"])
    }

    @Test(arguments: EngineDialect.both)
    func `an upgrade moves the session, and polling with its id is over`(dialect: EngineDialect) async throws {
        let lines = try await conversation(with: EchoEngine()) { wire in
            let session = try wire.openPolling(dialect.polling)
            let socket = try wire.webSocket(dialect.webSocket(for: session))
            try socket.frame("2probe")
            var lines = [try socket.nextFrame(), try wire.get(session)]
            try socket.frame("5")
            try socket.frame("4hello")
            lines += [try socket.nextFrame(), try wire.get(session), try wire.post(session, dialect.payload("4x"))]
            let further = try wire.webSocket(dialect.webSocket(for: session))
            lines += try further.framesUntilClose()
            try socket.frame("4still here")
            return lines + [try socket.nextFrame()]
        }
        #expect(
            lines == ["3probe", "200 " + dialect.line("6"), "4hello", badRequest, badRequest, "closed", "4still here"])
    }

    @Test func `the server pings, and ends a session that does not answer`() async throws {
        let engine = EchoEngine {
            $0.pingInterval = .milliseconds(50)
            $0.pingTimeout = TestSize.patience
        }
        let lines = try await conversation(with: engine) { wire in
            let session = try wire.openPolling("/engine.io/?EIO=4&transport=polling")
            var lines: [String] = []
            for _ in 0..<2 { lines += [try wire.get(session), try wire.post(session, "3")] }
            let socket = try wire.webSocket("/engine.io/?EIO=4&transport=websocket")
            _ = try socket.nextFrame()
            for _ in 0..<2 {
                lines.append(try socket.nextFrame())
                try socket.frame("3")
            }
            return lines
        }
        #expect(lines == ["200 2", "200 ok", "200 2", "200 ok", "2", "2"])
    }

    @Test(arguments: EngineDialect.both)
    func `a session without a heartbeat is closed`(dialect: EngineDialect) async throws {
        let engine = EchoEngine {
            $0.pingInterval = .milliseconds(20)
            $0.pingTimeout = .milliseconds(20)
        }
        let lines = try await conversation(with: engine) { wire in
            let socket = try wire.webSocket(dialect.webSocket)
            _ = try socket.nextFrame()
            return try socket.framesUntilClose()
        }
        #expect(lines == ["closed"])
    }
}
