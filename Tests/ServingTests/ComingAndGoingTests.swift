import Bytes
import EngineIO
import EventLoops
import ParleyTesting
import TLS
import Testing

@testable import Serving

/// Counts what it was given, without holding it.
private final class Counter: EngineApplication {
    let engineOptions = EchoEngine().engineOptions
    private let delegates = Locked(0)
    private let sessions = Locked<[Weak]>([])
    private let loops = Locked<[Weak]>([])
    private let closesAtOnce: Bool

    init(closesAtOnce: Bool = false) { self.closesAtOnce = closesAtOnce }

    struct Weak: @unchecked Sendable {
        // Sendable because it is only asked whether there is one.
        weak var object: AnyObject?
    }

    /// Sessions and their delegates that are alive.
    var alive: Int {
        sessions.withLock { $0.count { $0.object != nil } } + delegates.withLock { $0 }
    }

    var opened: Int { sessions.withLock(\.count) }

    /// Loops that something holds; each connection holds its loop's state, and that its loop.
    var loopsAlive: Int { loops.withLock { $0.count { $0.object != nil } } }

    func started(on loops: [any EventLoop]) {
        self.loops.withLock { known in for loop in loops { known.append(Weak(object: loop)) } }
    }

    func stopping() async {}

    func opened(_ session: any EngineSession) -> any EngineSessionDelegate {
        sessions.withLock { $0.append(Weak(object: session)) }
        delegates.withLock { $0 += 1 }
        if closesAtOnce { session.close() }
        return Delegate(session, self)
    }

    private final class Delegate: EngineSessionDelegate {
        private let session: any EngineSession
        private let counter: Counter

        init(_ session: any EngineSession, _ counter: Counter) { (self.session, self.counter) = (session, counter) }

        deinit { counter.delegates.withLock { $0 -= 1 } }

        func received(text: RawSpan) { session.send(text: text) }
        func received(binary: RawSpan) {}
        func closed(_ reason: EngineCloseReason) {}
    }
}

/// How a client comes, and how it goes.
enum Visit: String, CaseIterable, CustomTestStringConvertible {
    case polling
    case webSocket
    case upgrade
    case webSocketWithTLS

    var testDescription: String { rawValue }

    static let pollingPath = "/engine.io/?EIO=4&transport=polling"
    static let webSocketPath = "/engine.io/?EIO=4&transport=websocket"

    /// One visit; the number decides how it ends.
    func make(_ number: Int, to wire: Wire, _ trusted: TLSContext?) throws {
        switch self {
        case .polling: try poll(number, wire)
        case .webSocket, .webSocketWithTLS: try openWebSocket(number, wire, trusted)
        case .upgrade: try upgrade(number, wire)
        }
    }

    private func poll(_ number: Int, _ wire: Wire) throws {
        let client = try wire.connect()
        let session = try wire.openPolling(Self.pollingPath, on: client)
        _ = try client.exchange("POST", session, body: Array("4x".utf8))
        _ = try client.exchange("GET", session)
        switch number % 3 {
        case 0: _ = try client.exchange("POST", session, body: Array("1".utf8))
        case 1:
            try client.request("GET", session)
            client.hangUp()
        default:
            try client.send("POST \(session) HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\n4")
            client.reset()
        }
    }

    private func openWebSocket(_ number: Int, _ wire: Wire, _ trusted: TLSContext?) throws {
        let client = try wire.connect()
        if let trusted { _ = try TLSCipher.secure(client, trusted) }
        guard try client.openWebSocket(Self.webSocketPath) == nil else { throw WireClient.Failure(step: "upgrade") }
        _ = try client.nextFrame()
        try leave(number, client)
    }

    private func upgrade(_ number: Int, _ wire: Wire) throws {
        let client = try wire.connect()
        let session = try wire.openPolling(Self.pollingPath, on: client)
        let socket = try wire.webSocket(session.replacing("transport=polling", with: "transport=websocket"))
        try socket.frame("2probe")
        _ = try socket.nextFrame()
        if number % 4 == 3 {
            // Half-way: the session goes on by polling, and ends.
            socket.reset()
            _ = try client.exchange("POST", session, body: Array("1".utf8))
        } else {
            try socket.frame("5")
            try leave(number, socket)
        }
    }

    private func leave(_ number: Int, _ client: WireClient) throws {
        try client.frame("4x")
        _ = try client.nextFrame()
        switch number % 4 {
        case 0: try client.frame("1")
        case 1: try client.send(WireClient.frame(0x88, [0x03, 0xe8]))
        case 2: client.reset()
        default: client.hangUp()
        }
    }
}

@Suite("Clients that come and go", .timeLimit(.minutes(20)))
struct ComingAndGoingTests {
    @Test(arguments: Visit.allCases)
    func `nothing is left of a thousand visits`(visit: Visit) async throws {
        // A handshake of TLS takes its time.
        let visits = TestSize.count(visit == .webSocketWithTLS ? 200 : 1000, sanitized: 100)
        let counter = Counter()
        var setup = ServerSetup { $0.closeTimeout = .milliseconds(100) }.with { $0.applications = [counter] }
        var trusted: TLSContext?
        if visit == .webSocketWithTLS {
            let certificate = try TestCertificate()
            setup.tls = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
            trusted = try TLSContext(clientTrusting: certificate.certificatePath)
        }
        let counts = try await conversation(setup) { [trusted] wire in
            for number in 0..<visits { try visit.make(number, to: wire, trusted) }
            while wire.server.sessionCount > 0 || wire.server.connectionCount > 0 || counter.alive > 0 {
                usleepBriefly()
            }
            return [counter.opened, wire.server.sessionCount, wire.server.connectionCount, counter.alive]
        }
        #expect(counts == [visits, 0, 0, 0])
        // Only the connections' own state could hold the loops of a server that has gone.
        #expect(await comesTrue { counter.loopsAlive == 0 })
    }

    @Test func `a session that waits for its last poll does not outlive the server`() async throws {
        let counter = Counter(closesAtOnce: true)
        let count = try await conversation(with: counter) { wire in
            _ = try wire.openPolling(Visit.pollingPath)
            return wire.server.sessionCount
        }
        #expect(count == 1)
        #expect(await comesTrue { counter.alive == 0 && counter.loopsAlive == 0 })
    }
}
