import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting

@testable import SocketIO

/// A session that writes down what it is sent, and lets a test speak as the client. Texts are written as they look on a
/// WebSocket: with the `4` of Engine.IO's message packet in front.
final class FakeSession: EngineSession, @unchecked Sendable {
    // Sendable because a test drives the session and its loop from one thread.
    let id: String
    let revision: EngineRevision
    let loop: any EventLoop
    var transport = EngineTransport.webSocket
    let handshake: EngineHandshake
    var isWritable = true
    private(set) var sent: [String] = []
    private(set) var messages: [OutgoingMessage] = []
    private(set) var isClosed = false
    private(set) var hasJoined = false
    var delegate: (any EngineSessionDelegate)?
    /// Called by each send, as an engine might call back.
    var whenSending: (() -> Void)?

    init(_ id: String, on loop: any EventLoop, revision: EngineRevision, handshake: EngineHandshake) {
        self.id = id
        self.loop = loop
        self.revision = revision
        self.handshake = handshake
    }

    func send(_ message: OutgoingMessage) {
        messages.append(message)
        if let text = message.text { sent.append("4" + String(decoding: text.array, as: UTF8.self)) }
        for binary in message.binaries { sent.append("<\(Hex.encode(binary.array))>") }
        whenSending?()
    }

    func send(text: RawSpan) {
        sent.append("4" + (text.string ?? "?"))
        whenSending?()
    }

    func joined() { hasJoined = true }

    func close() {
        guard !isClosed else { return }
        isClosed = true
        end(.serverClose)
    }

    /// The session ends, for a reason of the engine.
    func end(_ reason: EngineCloseReason) {
        isClosed = true
        let delegate = delegate
        self.delegate = nil
        delegate?.closed(reason)
    }

    // MARK: The client

    func receive(_ text: String) {
        precondition(text.first == "4", "messages only")
        let bytes = Array(text.dropFirst().utf8)
        delegate?.received(text: bytes.span.bytes)
    }

    func receive(_ bytes: [UInt8]) { delegate?.received(binary: bytes.span.bytes) }

    /// What was sent since the last call.
    func take() -> [String] {
        defer { sent = [] }
        return sent
    }
}

/// A server with manual loops and clients.
final class Harness {
    let loops: [ManualLoop]
    let io: Server
    private var count = 0
    /// Sessions and sockets hold each other until the end of the session. Those that a test leaves open stay reachable
    /// from here, so that leak checkers report only what leaks.
    private static let opened = Locked<[FakeSession]>([])

    init(loops: Int = 1, seed: UInt64 = 1, _ configure: (inout ServerOptions) -> Void = { _ in }) {
        self.loops = (0..<loops).map { ManualLoop(index: $0) }
        var options = ServerOptions()
        configure(&options)
        io = Server(options: options, random: SeededRandom(seed: seed))
    }

    var loop: ManualLoop { loops[0] }

    /// Opens a session.
    func open(
        on index: Int = 0, revision: EngineRevision = .v4, handshake: EngineHandshake = EngineHandshake()
    ) -> FakeSession {
        if count == 0 { io.started(on: loops) }
        count += 1
        let session = FakeSession("engine\(count)", on: loops[index], revision: revision, handshake: handshake)
        session.delegate = io.opened(session)
        Self.opened.withLock { $0.append(session) }
        return session
    }

    /// Opens a session and joins `/`; the answer is taken.
    func join(on index: Int = 0, _ connect: String = "40") -> FakeSession {
        let session = open(on: index)
        session.receive(connect)
        run()
        _ = session.take()
        return session
    }

    func run() {
        for _ in 0..<8 { for loop in loops { loop.run() } }
    }

    func advance(_ duration: Duration) {
        for loop in loops { loop.advance(by: duration) }
        run()
    }
}

/// What handlers leave for a test to look at.
final class Journal: Sendable {
    private let lines = Locked<[String]>([])

    func add(_ line: String) { lines.withLock { $0.append(line) } }

    /// What was added since the last call.
    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}
