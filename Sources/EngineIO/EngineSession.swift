public import Bytes
public import EventLoops

/// One Engine.IO session as the protocol above it sees it. Every member is used on `loop`'s thread only.
public protocol EngineSession: AnyObject {
    /// The session id: a secret, for it authenticates the session's requests.
    var id: String { get }
    /// The revision of the protocol that the client speaks.
    var revision: EngineRevision { get }
    /// The loop that owns the session.
    var loop: any EventLoop { get }
    /// The transport in use now; an upgrade changes it.
    var transport: EngineTransport { get }
    /// The request that opened the session.
    var handshake: EngineHandshake { get }
    /// Whether a message sent now would be written in this turn: what a volatile message asks.
    var isWritable: Bool { get }

    /// What may be kept of messages that have not all come or are not answered yet, by all sessions of the server
    /// together.
    var inputBudget: MemoryBudget { get }

    /// Queues a message. Past the session's queue bound the session is closed with `.bufferOverflow`.
    func send(_ message: OutgoingMessage)

    /// Queues a text message for this session alone; `text` is copied before the call returns. The way of acks.
    func send(text: RawSpan)

    /// The client has joined what the application offers: the session no longer counts as one that may be idle abuse.
    func joined()

    /// Lifts `EngineOptions.maxPayloadBeforeJoin`: from now on messages may have `maxPayload`.
    func allowFullPayload()

    /// Sends what is queued, then closes. The delegate hears `closed(.serverClose)`.
    func close()
}

extension EngineSession {
    public var inputBudget: MemoryBudget { .unlimited }
    public func joined() {}
    public func allowFullPayload() {}
}

/// What a session tells the protocol above it, on the session's loop.
public protocol EngineSessionDelegate: AnyObject {
    /// The content of a text message; the bytes are valid UTF-8 and lent for the call.
    func received(text: RawSpan)
    /// The content of a binary message; the bytes are lent for the call.
    func received(binary: RawSpan)
    /// The last call.
    func closed(_ reason: EngineCloseReason)
}

/// The protocol above Engine.IO, shared by all loops (`SocketIO.Server` is one).
public protocol EngineApplication: Sendable {
    /// What the engine is to do; read once, at the start.
    var engineOptions: EngineOptions { get }

    /// Throws where what the application was told makes no sense; asked once, before the server listens. Default checks
    /// `engineOptions` only.
    func checkOptions() throws

    /// Called once, before the first session: the loops that sessions will live on.
    func started(on loops: [any EventLoop])

    /// Whether `verify` has anything to say; where not, it is not asked. Default `true`.
    var verifiesHandshakes: Bool { get }

    /// The `allowRequest` hook, for handshakes only. Runs on the connection's loop and must not block it.
    func verify(_ handshake: EngineHandshake) async -> EngineVerdict

    /// A session has opened, on `session.loop`; its open packet is queued already.
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate

    /// A request was refused or a session failed before it opened: the `connection_error` event.
    func connectionFailed(_ error: EngineRequestError, handshake: EngineHandshake)

    /// The server stops: tell the clients. Sessions still open are closed afterwards.
    func stopping() async
}

extension EngineApplication {
    public func checkOptions() throws { try engineOptions.check() }
    public var verifiesHandshakes: Bool { true }
    public func verify(_ handshake: EngineHandshake) async -> EngineVerdict { .allow }
    public func connectionFailed(_ error: EngineRequestError, handshake: EngineHandshake) {}
}

/// What `allowRequest` says. A refusal is answered 403 with code 4 and this message.
public enum EngineVerdict: Equatable, Sendable {
    /// The session may be opened.
    case allow
    /// The request is answered 403 with this message.
    case refuse(message: String)
}

/// The protocol revision, the `EIO` parameter.
public enum EngineRevision: Int, Sendable {
    /// What clients of Socket.IO 2 speak.
    case v3 = 3
    /// What clients of Socket.IO 3 and 4 speak.
    case v4 = 4
}

/// What carries the packets of a session.
public enum EngineTransport: String, Sendable {
    /// HTTP long-polling: a GET waits for packets, a POST brings them.
    case polling
    /// One WebSocket, a frame for each packet.
    case webSocket = "websocket"
}

/// Why a session ended.
public enum EngineCloseReason: Equatable, Sendable {
    /// The client closed: a close packet, a close frame, or the end of its stream.
    case transportClose
    /// The stream failed or the client broke the transport's rules.
    case transportError
    /// No heartbeat within the time-out.
    case pingTimeout
    /// A packet that cannot be parsed.
    case parseError
    /// `close()` was called on this side.
    case serverClose
    /// The server stops.
    case serverShuttingDown
    /// The client read too slowly: its queue passed the bound.
    case bufferOverflow
}
