import Bytes
import EngineIO
import EventLoops
import ParleyTesting
import Testing

@testable import Serving

/// Sends back what it hears, and lets no handshake through before it is told to.
private struct SlowDoor: EngineApplication {
    let signal: Signal
    let echo = EchoEngine()

    var engineOptions: EngineOptions { echo.engineOptions }
    func started(on loops: [any EventLoop]) {}
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { echo.opened(session) }
    func stopping() async {}

    func verify(_ handshake: EngineHandshake) async -> EngineVerdict {
        await signal.wait()
        return .allow
    }
}

@Suite("Upgrades", .timeLimit(.minutes(10)))
struct UpgradeTests {
    private static let webSocket = "/engine.io/?EIO=4&transport=websocket"

    @Test func `a handshake that is refused takes no place from others`() async throws {
        let engine = EchoEngine {
            $0.maxUnjoinedSessionsPerAddress = 2
            $0.maxSessions = 3
        }
        let lines = try await conversation(with: engine) { wire in
            for fields in [["Upgrade: websocket", "Connection: Upgrade"], WireClient.upgrade.dropLast()] {
                for _ in 0..<5 {
                    let status = try wire.connect().exchange("GET", Self.webSocket, headers: Array(fields)).status
                    guard status == 400 || status == 426 else { return ["\(status)"] }
                }
            }
            let sockets = [try wire.webSocket(Self.webSocket), try wire.webSocket(Self.webSocket)]
            let third = try wire.connect().openWebSocket(Self.webSocket)?.status ?? 101
            return [String(try sockets[0].nextFrame().prefix(1)), "\(third)", "\(wire.server.sessionCount)"]
        }
        #expect(lines == ["0", "503", "2"])
    }

    @Test func `what a client sends before the answer to its upgrade is heard, and what comes later too`() async throws
    {
        let signal = Signal()
        let count = 200
        // Less is kept while a request is answered than comes with its head, so that reading pauses with the head.
        let setup = ServerSetup { $0.maxPipelinedBytes = 1 }.with { $0.applications = [SlowDoor(signal: signal)] }
        let lines = try await conversation(setup) { wire in
            let client = try wire.connect()
            let frame = WireClient.frame(0x81, Array("4".utf8) + [UInt8](repeating: 120, count: 999))
            let head = ["GET \(Self.webSocket) HTTP/1.1", "Host: a"] + WireClient.upgrade
            let early = [[UInt8]](repeating: frame, count: count).joined()
            try client.send(Array((head.joined(separator: "\r\n") + "\r\n\r\n").utf8) + early)
            while !signal.isAwaited { usleepBriefly() }
            signal.give()
            guard try client.answer()?.status == 101 else { return ["refused"] }
            _ = try client.nextFrame()
            var echoes = 0
            while echoes < count, try client.nextFrame().utf8.count == 1000 { echoes += 1 }
            try client.frame("4later")
            return ["\(echoes)", try client.nextFrame()]
        }
        #expect(lines == ["\(count)", "4later"])
    }

    @Test func `a session that its application closes as it opens is over for both`() async throws {
        let engine = ShutEngine()
        let lines = try await conversation(with: engine) { wire in
            let polling = "/engine.io/?EIO=4&transport=polling"
            let session = try wire.openPolling(polling)
            let last = try wire.get(session)
            let socket = try wire.webSocket(Self.webSocket)
            _ = try socket.nextFrame()
            return [last, try socket.closeFrame() ?? "end"]
        }
        #expect(lines == ["200 1", ""])
        #expect(engine.closed.withLock { $0 } == [.serverClose, .serverClose])
    }
}

/// Closes every session as it opens.
private struct ShutEngine: EngineApplication {
    var engineOptions = EchoEngine().engineOptions
    let closed = Listing<EngineCloseReason>()

    func started(on loops: [any EventLoop]) {}
    func stopping() async {}

    func opened(_ session: any EngineSession) -> any EngineSessionDelegate {
        session.close()
        return ShutSession(session, closed)
    }
}

/// What happened, in order.
final class Listing<Element: Sendable>: Sendable {
    private let elements = Locked<[Element]>([])

    func append(_ element: Element) { elements.withLock { $0.append(element) } }
    func withLock<R>(_ body: ([Element]) -> R) -> R { elements.withLock { body($0) } }
}

private final class ShutSession: EngineSessionDelegate {
    private let session: any EngineSession
    private let reasons: Listing<EngineCloseReason>

    init(_ session: any EngineSession, _ reasons: Listing<EngineCloseReason>) {
        (self.session, self.reasons) = (session, reasons)
    }

    func received(text: RawSpan) {}
    func received(binary: RawSpan) {}
    func closed(_ reason: EngineCloseReason) { reasons.append(reason) }
}
