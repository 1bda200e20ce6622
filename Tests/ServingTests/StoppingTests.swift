import EngineIO
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Stopping", .timeLimit(.minutes(10)))
struct StoppingTests {
    private static let polling = "/engine.io/?EIO=4&transport=polling"
    private static let webSocket = "/engine.io/?EIO=4&transport=websocket"

    private static func setup(_ signal: Signal, drain: Duration = .seconds(300)) -> ServerSetup {
        let never = Duration.seconds(3600)
        let setup = ServerSetup { options in
            options.drainTimeout = drain
            // Nothing but the stop ends anything, however slow the machine.
            (options.headTimeout, options.bodyTimeout, options.idleTimeout) = (never, never, never)
        }
        return setup.with { setup in
            let engine = EchoEngine {
                $0.pingInterval = never
                $0.pingTimeout = never
            }
            setup.applications = [engine]
            setup.routes = { router in
                router.get("/n") { _ in .text("n") }
                router.post("/n") { _ in .text("n") }
                router.get("/slow") { _ in
                    await signal.wait()
                    return .text("slow")
                }
            }
        }
    }

    /// Begins to stop the server, and returns when it accepts no more; the result is true once it has stopped.
    private static func beginStop(_ wire: Wire) -> Listing<Bool> {
        let stopped = Listing<Bool>()
        Task { [server = wire.server] in
            await server.stop()
            stopped.append(true)
        }
        while (try? WireClient(port: wire.port)) != nil { usleepBriefly() }
        return stopped
    }

    private static func wait(for stopped: Listing<Bool>) {
        while stopped.withLock(\.isEmpty) { usleepBriefly() }
    }

    @Test func `what is idle is closed at once, and nothing new is accepted`() async throws {
        let lines = try await conversation(Self.setup(Signal())) { wire in
            let (silent, served) = (try wire.connect(), try wire.connect())
            var lines = [try served.exchange("GET", "/n").line]
            // The one that has said nothing is known to the server when a later one was answered.
            lines.append(try wire.get("/n"))
            let stopped = Self.beginStop(wire)
            for client in [silent, served] { lines.append(try client.answer()?.line ?? "end") }
            Self.wait(for: stopped)
            lines.append((try? wire.connect()) == nil ? "refused" : "accepted")
            return lines
        }
        #expect(lines == ["200 n", "200 n", "end", "end", "refused"])
    }

    @Test func `an answer under way is given, and is the last`() async throws {
        let signal = Signal()
        let lines = try await conversation(Self.setup(signal)) { wire in
            let client = try wire.connect()
            try client.request("GET", "/slow")
            try client.request("GET", "/n")
            while !signal.isAwaited { usleepBriefly() }
            let stopped = Self.beginStop(wire)
            let wasOpen = stopped.withLock(\.isEmpty)
            signal.give()
            let answer = try client.answer()
            let next = try client.answer()?.line ?? "end"
            Self.wait(for: stopped)
            return ["\(wasOpen)", answer?.line ?? "end", answer?.headers["connection"] ?? "", next]
        }
        #expect(lines == ["true", "200 slow", "close", "end"])
    }

    @Test func `a request whose end is still to come is served, and is the last`() async throws {
        let lines = try await conversation(Self.setup(Signal())) { wire in
            let client = try wire.connect()
            _ = try client.exchange("GET", "/n")
            try client.send("POST /n HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            let go = try client.take(through: "\r\n\r\n").map { String(decoding: $0.prefix(12), as: UTF8.self) }
            let stopped = Self.beginStop(wire)
            try client.send("body")
            let lines = [go ?? "end", try client.answer()?.line ?? "end", try client.answer()?.line ?? "end"]
            Self.wait(for: stopped)
            return lines
        }
        #expect(lines == ["HTTP/1.1 100", "200 n", "end"])
    }

    @Test func `sessions are told that the server goes`() async throws {
        let lines = try await conversation(Self.setup(Signal())) { wire in
            let session = try wire.openPolling(Self.polling)
            let poll = try wire.connect()
            _ = try poll.exchange("POST", session, body: Array("4x".utf8))
            _ = try poll.exchange("GET", session)
            try poll.request("GET", session)
            // On the session's loop, behind the poll.
            let post = try wire.connect()
            for _ in 0..<2 { _ = try post.exchange("POST", session, body: Array("6".utf8)) }
            let socket = try wire.webSocket(Self.webSocket)
            _ = try socket.nextFrame()
            let stopped = Self.beginStop(wire)
            let lines = [try poll.answer()?.line ?? "end", try socket.closeFrame() ?? "end"]
            // The server does not wait for this for ever.
            try? socket.send(WireClient.frame(0x88, [0x03, 0xe9]))
            let rest = try socket.nextFrame()
            Self.wait(for: stopped)
            return lines + [rest, "\(wire.server.sessionCount)"]
        }
        #expect(lines == ["200 1", "1001 server shutting down", "end", "0"])
    }

    @Test func `what is still open when the time is over is cut, and the stop ends`() async throws {
        let lines = try await conversation(Self.setup(Signal(), drain: .milliseconds(300))) { wire in
            // One whose request never ends, one that does not answer a close frame.
            let half = try wire.connect()
            try half.send("POST /n HTTP/1.1\r\nHost: a\r\nContent-Length: 4\r\nExpect: 100-continue\r\n\r\n")
            _ = try half.take(through: "\r\n\r\n")
            let deaf = try wire.webSocket(Self.webSocket)
            _ = try deaf.nextFrame()
            Self.wait(for: Self.beginStop(wire))
            return [try half.answer()?.line ?? "end", try deaf.closeFrame() ?? "end", try deaf.nextFrame()]
        }
        #expect(lines == ["end", "1001 server shutting down", "end"])
    }

    @Test func `a server that was never used stops, twice, too`() async throws {
        let server = try WebServer(engines: [EchoEngine()], options: ServerSetup().options)
        await server.stop()
        await server.stop()
    }
}
