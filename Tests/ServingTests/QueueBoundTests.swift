import Bytes
import EngineIO
import EventLoops
import Logging
import Network
import ParleyTesting
import Routing
import Testing

@testable import Serving

/// Sends many messages at once when it is asked to, and notes how sessions end.
private struct Flood: EngineApplication {
    var engineOptions = EchoEngine().engineOptions
    let ends = Listing<EngineCloseReason>()
    /// The bytes of each message.
    let size: Int

    init(size: Int, _ change: (inout EngineOptions) -> Void) {
        self.size = size
        change(&engineOptions)
    }

    func started(on loops: [any EventLoop]) {}
    func stopping() async {}

    func opened(_ session: any EngineSession) -> any EngineSessionDelegate {
        FloodSession(session, size: size, ends: ends)
    }
}

/// Hears how many messages to send.
private final class FloodSession: EngineSessionDelegate {
    private weak var session: (any EngineSession)?
    private let message: [UInt8]
    private let ends: Listing<EngineCloseReason>

    init(_ session: any EngineSession, size: Int, ends: Listing<EngineCloseReason>) {
        self.session = session
        self.ends = ends
        message = [UInt8](repeating: UInt8(ascii: "x"), count: size)
    }

    func received(text: RawSpan) {
        let count = text.string.flatMap { Int($0) } ?? 0
        let message = SharedBytes(message)
        for _ in 0..<count { session?.send(OutgoingMessage(text: message)) }
    }

    func received(binary: RawSpan) {}
    func closed(_ reason: EngineCloseReason) { ends.append(reason) }
}

@Suite("What may wait for a client", .timeLimit(.minutes(10)))
struct QueueBoundTests {
    private static let bound = 1 << 16

    private static func setup(_ engine: Flood) -> ServerSetup {
        ServerSetup { $0.maxBufferedBytes = bound }.with { $0.applications = [engine] }
    }

    private static func flood() -> Flood { Flood(size: 960) { $0.maxBufferedBytes = bound } }

    @Test func `a WebSocket that reads is sent more than its bound, and one that does not is cut`() async throws {
        let engine = Flood(size: 9600) { $0.maxBufferedBytes = Self.bound }
        let lines = try await conversation(Self.setup(engine)) { wire in
            let path = "/engine.io/?EIO=4&transport=websocket"
            let (reading, deaf) = (try wire.webSocket(path), try WireClient(port: wire.port, receiveBuffer: 4096))
            guard try deaf.openWebSocket(path) == nil else { return ["refused"] }
            _ = try reading.nextFrame()
            var count = 0
            for _ in 0..<10 {
                try reading.frame("44")
                for _ in 0..<4 where try reading.nextFrame().utf8.count == 9601 { count += 1 }
            }
            // More than the system keeps for a socket, whatever it is.
            for _ in 0..<5000 where engine.ends.withLock(\.isEmpty) { try? deaf.frame("44") }
            while engine.ends.withLock(\.isEmpty) { usleepBriefly() }
            let rest = try deaf.takeToEnd().count
            try reading.frame("41")
            return ["\(count)", rest > 0 ? "some" : "none", "\(try reading.nextFrame().utf8.count)"]
        }
        #expect(lines == ["40", "some", "9601"])
        #expect(engine.ends.withLock(\.first) == .bufferOverflow)
    }

    @Test func `a polling session holds as much as it may, and one message more ends it`() async throws {
        let engine = Self.flood()
        let lines = try await conversation(Self.setup(engine)) { wire in
            let path = "/engine.io/?EIO=4&transport=polling"
            let (within, beyond) = (try wire.openPolling(path), try wire.openPolling(path))
            // Each counts 64 bytes beside its own: 64 of them are the bound.
            var lines = [try wire.post(within, "464"), try wire.post(beyond, "465")]
            var bytes = 0
            while bytes < 64 * 960 {
                let answer = try wire.get(within)
                guard answer.hasPrefix("200 4x") else { return [answer] }
                bytes += answer.utf8.count { $0 == UInt8(ascii: "x") }
            }
            lines += ["\(bytes)", try wire.get(beyond)]
            return lines
        }
        let unknown = #"400 {"code":1,"message":"Session ID unknown"}"#
        #expect(lines == ["200 ok", "200 ok", "\(64 * 960)", unknown])
        #expect(engine.ends.withLock(\.first) == .bufferOverflow)
    }

    @Test func `sessions that do not poll hold no more than all may together, and a little each`() async throws {
        let engine = Flood(size: 960) { _ in }
        let setup = ServerSetup { $0.maxWaitingBytes = 100_000 }.with { $0.applications = [engine] }
        let lines = try await conversation(setup) { wire in
            let path = "/engine.io/?EIO=4&transport=polling"
            let sessions = try (0..<4).map { _ in try wire.openPolling(path) }
            // Each counts 64 bytes beside its own: 92,160 of the 100,000 are used up.
            var lines = [try wire.post(sessions[0], "490"), try wire.post(sessions[1], "415")]
            lines.append(try wire.post(sessions[2], "430"))
            while engine.ends.withLock(\.isEmpty) { usleepBriefly() }
            // What was polled counts no longer.
            while try wire.get(sessions[0]).utf8.count(where: { $0 == UInt8(ascii: "x") }) == 16 * 960 {}
            lines.append(try wire.post(sessions[3], "460"))
            lines += try [1, 3].map { "\(try wire.get(sessions[$0]).utf8.count { $0 == UInt8(ascii: "x") })" }
            return lines
        }
        #expect(lines == ["200 ok", "200 ok", "200 ok", "200 ok", "\(15 * 960)", "\(16 * 960)"])
        #expect(engine.ends.withLock(\.first) == .bufferOverflow)
    }

    @Test func `a message that many sessions wait for counts once`() async throws {
        let setup = ServerSetup {
            $0.maxWaitingBytes = 100_000
            $0.threads = 1
        }.with { $0.applications = [Broadcaster()] }
        let counts = try await conversation(setup) { wire in
            let sessions = try (0..<3).map { _ in try wire.openPolling("/engine.io/?EIO=4&transport=polling") }
            _ = try wire.post(sessions[0], "4" + String(repeating: "x", count: 60_000))
            return try sessions.map { try wire.get($0).utf8.count { $0 == UInt8(ascii: "x") } }
        }
        #expect(counts == [60_000, 60_000, 60_000])
    }

    @Test func `progress is what was taken since the last look`() {
        var taking = TakingProgress(unsent: 100)
        // Where more was queued meanwhile than was taken, no progress can be seen, and the next look is from there.
        let moved = [99, 99, 150, 149, 0, 0].map { taking.hasMoved(unsent: $0) }
        #expect(moved == [true, false, false, true, true, false])
        var none = TakingProgress()
        let hasMoved = none.hasMoved(unsent: 0)
        #expect(!hasMoved)
    }

    @Test func `every connection may have one piece of a file read, and one more is refused`() async throws {
        var options = WebServerOptions()
        options.maxConnections = 3
        let core = ServerCore(
            endpoints: [], responder: try Router().freeze(), options: options, logger: .disabled,
            wallClock: ManualClock(), random: SeededRandom())
        let (pool, begun, gate) = (core.files, Locked(0), Locked(false))
        let work: @Sendable () -> Void = {
            begun.withLock { $0 += 1 }
            while !gate.withLock({ $0 }) { usleepBriefly() }
        }
        // Two are being read, and as many wait as there may be connections.
        for _ in 0..<2 { try pool.submit(work) }
        while begun.withLock({ $0 }) < 2 { usleepBriefly() }
        for _ in 0..<3 { try pool.submit(work) }
        #expect(throws: BlockingPoolError.full) { try pool.submit(work) }
        gate.withLock { $0 = true }
        while begun.withLock({ $0 }) < 5 { usleepBriefly() }
        pool.stop()
    }
}
