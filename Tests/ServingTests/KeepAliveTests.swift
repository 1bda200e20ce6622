import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

private let get = "GET /n HTTP/1.1\r\nHost: a\r\n\r\n"

@Suite("HTTP, request by request", .timeLimit(.minutes(10)))
struct KeepAliveTests {
    private static let setup = ServerSetup().with { setup in
        setup.routes = { router in
            router.get("/n") { _ in .text("n") }
            router.get("/query") { request in .text(request.rawQuery ?? "") }
            router.post("/echo") { request in .text(String(decoding: request.body, as: UTF8.self)) }
        }
    }

    @Test func `a connection serves one request after the other`() async throws {
        let lines = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            var lines: [String] = []
            for number in 0..<50 { lines.append(try client.exchange("GET", "/query?\(number)").line) }
            return lines
        }
        #expect(lines == (0..<50).map { "200 \($0)" })
    }

    @Test func `answers come in the order of the requests, however long each takes`() async throws {
        let signal = Signal()
        let setup = ServerSetup().with { setup in
            setup.routes = { router in
                router.get("/slow") { _ in
                    await signal.wait()
                    return .text("slow")
                }
                router.get("/n") { _ in .text("n") }
                router.post("/go") { _ in
                    signal.give()
                    return .text("go")
                }
            }
        }
        let lines = try await conversation(setup) { wire in
            let client = try wire.connect()
            try client.send("GET /slow HTTP/1.1\r\nHost: a\r\n\r\n" + get + get)
            while !signal.isAwaited { usleepBriefly() }
            let other = try wire.post("/go", "")
            return [other] + (try (0..<3).map { _ in try client.answer()?.line ?? "end" })
        }
        #expect(lines == ["200 go", "200 slow", "200 n", "200 n"])
    }

    @Test func `more is pipelined than is kept, and all of it is answered`() async throws {
        // Twice what a connection keeps while it makes an answer.
        let count = 2 * (1 << 16) / get.utf8.count
        let answered = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.send(String(repeating: get, count: count))
            client.endSending()
            var answered = 0
            while let answer = try client.answer() { answered += answer.line == "200 n" ? 1 : 0 }
            return answered
        }
        #expect(answered == count)
    }

    @Test func `large answers that are pipelined wait for a client that reads slowly`() async throws {
        let size = 3 << 20
        let setup = ServerSetup { $0.maxBufferedBytes = 1 << 20 }.with { setup in
            setup.routes = { router in
                router.get("/n") { _ in .text(String(repeating: "x", count: size)) }
            }
        }
        let counts = try await conversation(setup) { wire in
            let client = try WireClient(port: wire.port, receiveBuffer: 1 << 16)
            try client.send(get + get + get)
            return try (0..<3).map { _ in try client.answer()?.body.count ?? -1 }
        }
        #expect(counts == [size, size, size])
    }

    @Test func `a client that has said its last is still answered`() async throws {
        let lines = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.send(get + get + "GET /n HTTP/1.1\r\n")
            client.endSending()
            var lines: [String] = []
            while let answer = try client.answer() { lines.append(answer.line) }
            return lines
        }
        #expect(lines == ["200 n", "200 n"])
    }

    @Test(arguments: [
        "GET /n HTTP/1.0\r\nHost: a\r\n\r\n", "GET /n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n",
    ])
    func `a last request is the last`(request: String) async throws {
        let lines = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.send(request + get)
            let answer = try client.answer()
            return [answer?.line ?? "end", answer?.headers["connection"] ?? "", try client.answer()?.line ?? "end"]
        }
        #expect(lines == ["200 n", "close", "end"])
    }

    @Test func `an answer to HEAD has a length and no content`() async throws {
        let text = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.send(
                "HEAD /n HTTP/1.1\r\nHost: a\r\n\r\nGET /n HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n")
            return String(decoding: try client.takeToEnd(), as: UTF8.self)
        }
        let parts = text.split(separator: "\r\n\r\n", omittingEmptySubsequences: false).map(String.init)
        #expect(parts.count == 3)
        #expect(parts[0].contains("Content-Length: 1"))
        #expect(parts[1].hasPrefix("HTTP/1.1 200"))
        #expect(parts.last == "n")
    }

    // MARK: Bodies

    @Test func `a client is told to go on with its content`() async throws {
        let lines = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.request("POST", "/echo", headers: ["Expect: 100-continue", "Content-Length: 5"])
            let first = String(decoding: try client.take(through: "\r\n\r\n") ?? [], as: UTF8.self)
            try client.send("hello")
            return [first, try client.answer()?.line ?? "end"]
        }
        #expect(lines == ["HTTP/1.1 100 Continue\r\n\r\n", "200 hello"])
    }

    @Test(arguments: [
        "Content-Length: 11", "Content-Length: 11\r\nExpect: 100-continue", "Content-Length: 1000000000000",
    ])
    func `content that is announced as too large is refused before it comes`(fields: String) async throws {
        let setup = Self.setup.with { $0.options.http.body = 10 }
        let lines = try await conversation(setup) { wire in
            let client = try wire.connect()
            try client.request("POST", "/echo", headers: fields.components(by: "\r\n"))
            let line = try client.answer()?.line.prefix(3)
            return [String(line ?? "end"), try client.answer()?.line ?? "end"]
        }
        #expect(lines == ["413", "end"])
    }

    @Test func `content is taken up to the limit and not one byte more`() async throws {
        let setup = Self.setup.with { $0.options.http.body = 10 }
        let statuses = try await conversation(setup) { wire in
            let client = try wire.connect()
            let allowed = try client.exchange("POST", "/echo", body: Array("0123456789".utf8)).status
            try client.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
            try client.send("a\r\n0123456789\r\n0\r\n\r\n")
            let chunked = try client.answer()?.status ?? 0
            try client.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
            try client.send("6\r\n012345\r\n5\r\n")
            return [allowed, chunked, try client.answer()?.status ?? 0]
        }
        #expect(statuses == [200, 200, 413])
    }

    @Test func `what follows a refused request is not served`() async throws {
        let lines = try await conversation(Self.setup) { wire in
            let client = try wire.connect()
            try client.send("GET /n HTTP/1.1\r\nHost : a\r\n\r\n" + get)
            return [String(try client.answer()?.line.prefix(3) ?? "end"), try client.answer()?.line ?? "end"]
        }
        #expect(lines == ["400", "end"])
    }
}
