import Bytes
import EngineIO
import HTTPWire
import ParleyTesting
import Routing
import TLS
import Testing

@testable import Serving

@Suite("Content that goes to its handler as it comes", .timeLimit(.minutes(10)))
struct StreamedBodyTests {
    static let limit = 4 << 20

    /// What a test lets handlers do, and what they saw.
    final class Scene: Sendable {
        let gate = Gate()
        let seen = Locked<[String]>([])

        func note(_ line: String) { seen.withLock { $0.append(line) } }
    }

    static func setup(
        _ scene: Scene = Scene(), _ change: (inout WebServerOptions) -> Void = { _ in }
    ) -> ServerSetup {
        ServerSetup { options in
            options.closeTimeout = .milliseconds(500)
            change(&options)
        }.with { setup in
            setup.routes = { router in
                router.post("/sum", streaming: limit) { request, body in .text(try await sum(of: body)) }
                router.post("/refuse", streaming: limit) { _, _ in throw Refusal(.unauthorized, "Log in.") }
                router.post("/first", streaming: limit) { _, body in
                    .text("\(try await body.next()?.first.map(String.init) ?? "-")")
                }
                router.post("/slow", streaming: limit) { _, body in
                    scene.note("begun")
                    while !scene.seen.withLock({ $0.contains("go on") }) {
                        try await Task.sleep(for: .milliseconds(2))
                    }
                    return .text(try await sum(of: body))
                }
                router.post("/watch", streaming: limit) { _, body in
                    do {
                        scene.note("begun")
                        let text = try await sum(of: body)
                        scene.note(text)
                        return .text(text)
                    } catch {
                        scene.note("\(error)")
                        throw error
                    }
                }
                router.post("/whole") { request in .text("\(request.body.count)") }
                router.get("/n") { _ in .text("n") }
            }
        }
    }

    /// The number of bytes and of pieces, and a check of what is in them.
    static func sum(of body: RequestBody) async throws -> String {
        var (count, sum) = (0, 0)
        while let piece = try await body.next() {
            count += piece.count
            for byte in piece { sum = (sum &* 31 &+ Int(byte)) & 0xffff }
        }
        return "\(count) \(sum)"
    }

    static func answer(to bytes: [UInt8]) -> String {
        "200 \(bytes.count) \(bytes.reduce(0) { ($0 &* 31 &+ Int($1)) & 0xffff })"
    }

    static let large = SeededRandom().bytes(3 << 20)

    // MARK: Content

    @Test func `content of any size comes whole and in order, and the connection goes on`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            let client = try wire.connect()
            var lines: [String] = []
            for count in [0, 1, 100_000, 3 << 20] {
                lines.append(try client.exchange("POST", "/sum", body: Array(Self.large[..<count])).line)
                lines.append(try client.exchange("GET", "/n").line)
            }
            return lines
        }
        #expect(lines == [0, 1, 100_000, 3 << 20].flatMap { [Self.answer(to: Array(Self.large[..<$0])), "200 n"] })
    }

    @Test func `chunks are content, and a request behind them is answered`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            let client = try wire.connect()
            try client.request("POST", "/sum", headers: ["Transfer-Encoding: chunked"])
            for _ in 0..<100 { try client.send(Array("3\r\nabc\r\n".utf8)) }
            try client.send(Array("0\r\n\r\nGET /n HTTP/1.1\r\nHost: a\r\n\r\n".utf8))
            return [try client.answer()?.line, try client.answer()?.line]
        }
        #expect(lines == [Self.answer(to: Array(String(repeating: "abc", count: 100).utf8)), "200 n"])
    }

    @Test func `a route that streams and one that does not share a connection`() async throws {
        let lines = try await conversation(Self.setup { $0.http.body = 1000 }) { wire in
            let client = try wire.connect()
            let first = try client.exchange("POST", "/sum", body: Array(Self.large[..<5000])).line
            let second = try client.exchange("POST", "/whole", body: Array(Self.large[..<1000])).line
            let third = try client.exchange("POST", "/whole", body: Array(Self.large[..<1001])).line
            return [first, second, third]
        }
        #expect(lines[..<2] == [Self.answer(to: Array(Self.large[..<5000])), "200 1000"])
        #expect(lines[2].hasPrefix("413 "))
    }

    @Test func `encrypted content comes whole, however far behind the handler is`() async throws {
        let scene = Scene()
        let certificate = try TestCertificate()
        let context = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
        let lines = try await conversation(Self.setup(scene).with { $0.tls = context }) { wire in
            let client = try wire.connect()
            _ = try TLSCipher.secure(client, TLSContext(clientTrusting: certificate.certificatePath))
            try client.request("POST", "/slow", headers: ["Content-Length: 1000000"])
            try client.send(Array(Self.large[..<200_000]))
            scene.note("go on")
            try client.send(Array(Self.large[200_000..<1_000_000]))
            return [try client.answer()?.line, try client.exchange("GET", "/n").line]
        }
        #expect(lines == [Self.answer(to: Array(Self.large[..<1_000_000])), "200 n"])
    }

    @Test func `requests behind content that a handler is slow to take wait for it`() async throws {
        let scene = Scene()
        let lines = try await conversation(Self.setup(scene) { $0.maxPipelinedBytes = 1000 }) { wire in
            let client = try wire.connect()
            try client.request("POST", "/slow", body: Array(Self.large[..<70_000]))
            for _ in 0..<100 { try client.request("GET", "/n") }
            scene.note("go on")
            return try (0..<101).map { _ in try client.answer()?.line }
        }
        #expect(lines == [Self.answer(to: Array(Self.large[..<70_000]))] + [String](repeating: "200 n", count: 100))
    }

    @Test func `the limits of engines hold beside a route that streams`() async throws {
        let setup = Self.setup().with { $0.applications = [EchoEngine { $0.maxPayload = 1000 }] }
        let statuses = try await conversation(setup) { wire in
            let path = try wire.openPolling("/engine.io/?EIO=4&transport=polling")
            let announced = try ["1001", "1000000000000"].map { length in
                let client = try wire.connect()
                try client.request("POST", path, headers: ["Content-Length: \(length)"])
                return try client.answer()?.status
            }
            let allowed = try wire.connect().exchange("POST", path, body: Array("4hi".utf8)).status
            let client = try wire.connect()
            try client.request("POST", path, headers: ["Transfer-Encoding: chunked"])
            try client.send(Array("ffffffffff\r\n".utf8))
            let chunked = try client.answer()?.status
            return announced + [allowed, chunked]
        }
        #expect(statuses == [413, 413, 200, 413])
    }

    // MARK: Handlers

    @Test func `content can be taken from any thread`() async throws {
        let line = try await conversation(
            Self.setup().with { setup in
                setup.routes = { router in
                    router.post("/", streaming: Self.limit) { _, body in
                        .text(try await Task.detached { try await Self.sum(of: body) }.value)
                    }
                }
            }
        ) { wire in try wire.connect().exchange("POST", "/", body: Array(Self.large[..<1_000_000])).line }
        #expect(line == Self.answer(to: Array(Self.large[..<1_000_000])))
    }

    @Test func `content is given once, and to nobody behind the answer`() async throws {
        let scene = Scene()
        let late = Locked<RequestBody?>(nil)
        let line = try await conversation(
            Self.setup().with { setup in
                setup.routes = { router in
                    router.post("/", streaming: Self.limit) { _, body in
                        late.withLock { $0 = body }
                        async let first = Self.outcome(of: body, scene)
                        async let second = Self.outcome(of: body, scene)
                        return .text(await [first, second].sorted().joined(separator: " "))
                    }
                }
            }
        ) { wire in
            let client = try wire.connect()
            try client.request("POST", "/", headers: ["Content-Length: 3"])
            while scene.seen.withLock({ $0.isEmpty }) { usleepBriefly(2) }
            try client.send([1, 2, 3])
            return try client.answer()?.line
        }
        #expect(line == "200 3 notExpected")
        let body = try #require(late.withLock { $0 })
        #expect(await Self.outcome(of: body, scene) == "connectionLost")
    }

    private static func outcome(of body: RequestBody, _ scene: Scene) async -> String {
        do {
            return "\(try await body.next()?.count ?? 0)"
        } catch {
            scene.note("\(error)")
            return "\(error)"
        }
    }

    // MARK: Admission

    @Test func `a client that asks is told to send when the handler asks for content`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            let client = try wire.connect()
            try client.request("POST", "/sum", headers: ["Content-Length: 3", "Expect: 100-continue"])
            let interim = try client.answer(takesBody: false)
            try client.send([1, 2, 3])
            let answer = try client.answer()?.line
            let next = try client.exchange("GET", "/n").line
            return ["\(interim?.status ?? 0)", answer, next]
        }
        #expect(lines == ["100", Self.answer(to: [1, 2, 3]), "200 n"])
    }

    @Test func `a refusal costs a client that asks no upload, and ends the connection`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            let client = try wire.connect()
            try client.request("POST", "/refuse", headers: ["Content-Length: 3000000", "Expect: 100-continue"])
            let answer = try client.answer()
            return [answer?.line, answer?.headers["connection"], try client.answer()?.line]
        }
        #expect(lines == [#"401 {"error":"Log in."}"#, "close", nil])
    }

    @Test(arguments: [[], ["Expect: 100-continue"]])
    func `content that is announced too large is refused before it is read`(fields: [String]) async throws {
        let lines = try await conversation(Self.setup()) { wire in
            try [Self.limit + 1, Int.max].map { length in
                let client = try wire.connect()
                try client.request("POST", "/sum", headers: ["Content-Length: \(length)"] + fields)
                return try client.answer()?.line
            }
        }
        let expected = #"413 {"error":"The content is too large: send less."}"#
        #expect(lines == [expected, expected])
    }

    @Test func `chunks are refused when they are one byte too many`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            try [Self.limit, Self.limit + 1].map { size in
                let client = try wire.connect()
                try client.request("POST", "/sum", headers: ["Transfer-Encoding: chunked"])
                try? client.send(Array("\(String(size, radix: 16))\r\n".utf8))
                if size == Self.limit {
                    try client.send([UInt8](repeating: 1, count: size))
                    try client.send(Array("\r\n0\r\n\r\n".utf8))
                }
                return try client.answer()?.status
            }
        }
        #expect(lines == [200, 413])
    }

    @Test func `what is no content is refused through the handler`() async throws {
        let scene = Scene()
        let line = try await conversation(Self.setup(scene)) { wire in
            let client = try wire.connect()
            try client.request("POST", "/watch", headers: ["Transfer-Encoding: chunked"])
            try client.send(Array("1\r\nax\r\n".utf8))
            return try client.answer()?.line
        }
        #expect(line?.hasPrefix("400 ") == true)
        #expect(scene.seen.withLock { $0 } == ["begun", "refused(HTTPWire.HTTPError.malformedChunk)"])
    }

    // MARK: Early answers

    @Test func `what is left of small content is thrown away, and the connection goes on`() async throws {
        let lines = try await conversation(Self.setup()) { wire in
            let client = try wire.connect()
            try client.request("POST", "/first", headers: ["Content-Length: 50000"])
            try client.send([7])
            let first = try client.answer()?.line
            try client.send([UInt8](repeating: 0, count: 49_999))
            let second = try client.exchange("GET", "/n").line
            let third = try client.exchange("POST", "/refuse", body: [1, 2, 3]).status
            let fourth = try client.exchange("GET", "/n").line
            return [first, second, "\(third)", fourth]
        }
        #expect(lines == ["200 7", "200 n", "401", "200 n"])
    }

    @Test func `a client that has much left to send is answered and cut off`() async throws {
        let lines = try await conversation(Self.setup { $0.maxStreamedBytes = 1000 }) { wire in
            try [1000, 1001].map { left in
                let client = try wire.connect()
                try client.request("POST", "/first", headers: ["Content-Length: \(left + 1)"])
                try client.send([7])
                let answer = try client.answer()
                return [answer?.line, answer?.headers["connection"]]
            }
        }
        #expect(lines == [["200 7", nil], ["200 7", "close"]])
    }

    @Test func `chunks behind an answer are thrown away up to a bound`() async throws {
        let lines = try await conversation(Self.setup { $0.maxStreamedBytes = 1000 }) { wire in
            try [999, 1000].map { left in
                let client = try wire.connect()
                try client.request("POST", "/first", headers: ["Transfer-Encoding: chunked"])
                try client.send(Array("1\r\nx\r\n".utf8))
                let first = try client.answer()?.line
                let rest = "1\r\ny\r\n" + "1\r\nz\r\n" + (left > 999 ? "1\r\nz\r\n" : "")
                let chunk = "\(String(998, radix: 16))\r\n" + String(repeating: "y", count: 998) + "\r\n"
                try client.send(Array((chunk + rest + "0\r\n\r\nGET /n HTTP/1.1\r\nHost: a\r\n\r\n").utf8))
                return [first, try client.answer()?.line]
            }
        }
        #expect(lines == [["200 120", "200 n"], ["200 120", nil]])
    }
}
