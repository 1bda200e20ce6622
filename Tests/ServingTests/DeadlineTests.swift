import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("Deadlines of a connection", .timeLimit(.minutes(10)))
struct DeadlineTests {
    private static let short = Duration.milliseconds(200)

    private static let setup = ServerSetup { options in
        options.closeTimeout = .milliseconds(200)
    }.with { setup in
        setup.routes = { router in
            router.get("/n") { _ in .text("n") }
            router.post("/echo") { request in .text(String(decoding: request.body, as: UTF8.self)) }
        }
    }

    /// Sends a byte each now and then until an answer comes or the stream ends; gives the answer.
    private static func drip(_ bytes: String, on client: WireClient) throws -> String {
        // Longer than any deadline of these tests, even on a machine that is busy.
        for byte in bytes.utf8.prefix(1000) {
            guard (try? client.send([byte])) != nil else { break }
            if try client.hasArrived(within: 20) { break }
        }
        return try client.answer()?.line ?? "end"
    }

    @Test func `a head must be here in its time, and a byte now and then does not renew that`() async throws {
        let line = try await conversation(Self.setup.with { $0.options.headTimeout = Self.short }) { wire in
            let client = try wire.connect()
            return try Self.drip("GET /n HTTP/1.1\r\nX: " + String(repeating: "x", count: 2000), on: client)
        }
        #expect(line == "408 Send the whole request faster.")
    }

    @Test func `a further head has its time from its first byte`() async throws {
        let lines = try await conversation(Self.setup.with { $0.options.headTimeout = Self.short }) { wire in
            let client = try wire.connect()
            let first = try client.exchange("GET", "/n").line
            // Waiting between two requests is another matter.
            usleepBriefly(400)
            let second = try client.exchange("HEAD", "/n", takesBody: false).line
            return [first, second, try Self.drip("GET /" + String(repeating: "x", count: 2000), on: client)]
        }
        #expect(lines == ["200 n", "200 ", "408 Send the whole request faster."])
    }

    @Test func `content must be here in its time, and a byte now and then does not renew that`() async throws {
        let lines = try await conversation(Self.setup.with { $0.options.bodyTimeout = Self.short }) { wire in
            let (fixed, chunked) = (try wire.connect(), try wire.connect())
            try fixed.request("POST", "/echo", headers: ["Content-Length: 5000"])
            let first = try Self.drip(String(repeating: "x", count: 2000), on: fixed)
            try chunked.request("POST", "/echo", headers: ["Transfer-Encoding: chunked"])
            return [first, try Self.drip(String(repeating: "1\r\nx\r\n", count: 400), on: chunked)]
        }
        #expect(lines == ["408 Send the whole request faster.", "408 Send the whole request faster."])
    }

    @Test func `a connection that asks nothing is closed without a word`() async throws {
        let setup = Self.setup.with {
            $0.options.headTimeout = Self.short
            $0.options.idleTimeout = Self.short
        }
        let lines = try await conversation(setup) { wire in
            let (silent, served) = (try wire.connect(), try wire.connect())
            let line = try served.exchange("GET", "/n").line
            return [line, try served.answer()?.line ?? "end", try silent.answer()?.line ?? "end"]
        }
        #expect(lines == ["200 n", "end", "end"])
    }

    /// Only where it is asked for: that a slow client is in time depends on how busy the machine is.
    @Test(.enabled(if: getenv("PARLEY_TIMED_TESTS") != nil))
    func `a client that does not take its answer is cut, and one that takes it slowly is not`() async throws {
        let size = 24 << 20
        let setup = Self.setup.with { setup in
            setup.options.idleTimeout = Self.short
            setup.routes = { router in
                router.get("/n") { _ in .text(String(repeating: "x", count: size)) }
            }
        }
        let counts = try await conversation(setup) { wire in
            let (deaf, slow) = (
                try WireClient(port: wire.port, receiveBuffer: 1 << 16),
                try WireClient(port: wire.port, receiveBuffer: 1 << 16)
            )
            try deaf.request("GET", "/n")
            try slow.request("GET", "/n")
            var taken = 0
            // Half of it in many times the deadline.
            while taken < size / 2 {
                taken += try slow.take(size / 40)?.count ?? 0
                usleepBriefly(30)
            }
            while try slow.receive() {
                taken += slow.takeAll().count
                if taken > size { break }
            }
            let deafGot = try deaf.takeToEnd().count
            return [deafGot < size ? 1 : 0, taken > size ? 1 : 0]
        }
        #expect(counts == [1, 1])
    }
}
