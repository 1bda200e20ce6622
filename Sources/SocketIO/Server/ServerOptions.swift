public import EngineIO
public import JSON
public import Logging

/// How packets are written.
public enum PacketParser: Sendable {
    /// Text packets with binary attachments (Socket.IO protocol 5), what every client speaks.
    case json
    /// One binary message for each packet, for clients with `socket.io-msgpack-parser`.
    case messagePack
}

/// What a server can be told. Defaults are those of the official server except where docs/protocol.md says why not.
public struct ServerOptions: Sendable {
    /// The engine below: path, transports, heartbeat, sizes, origins.
    public var engine = EngineOptions()
    /// How packets are written; default `.json`.
    public var parser = PacketParser.json
    /// How long a connection may be without a namespace, at its begin and later; default 45 s.
    public var connectTimeout: Duration = .seconds(45)
    /// How many attachments a client's packet may have; default 10.
    public var maxAttachments = 10
    /// How long the attachments of a packet may take to come, all together; default 10 s. Their bytes are held to
    /// `engine.maxPayload` in all.
    public var attachmentTimeout: Duration = .seconds(10)
    /// What the JSON of a client's packet may cost: depth 64, 1,000,000 values; bytes are held to `engine.maxPayload`.
    public var jsonLimits = JSONLimits.knownUTF8
    /// How many namespaces one connection may join; default 100.
    public var maxNamespacesPerConnection = 100
    /// The length of a namespace's name in bytes; default 255. One beyond it does not exist.
    public var maxNamespaceNameLength = 255
    /// How many async handlers and middlewares of one socket may be under way; default 4,096. The event that goes
    /// beyond closes the connection.
    public var maxUnfinishedEvents = 4096
    /// How long acknowledgements are awaited where nothing else is said; default 60 s. `nil` waits until the client
    /// leaves.
    public var ackTimeout: Duration? = .seconds(60)
    /// Whether namespaces made by `of(matching:)` end with their last socket; default `true`.
    public var cleanupEmptyChildNamespaces = true
    /// Connection state recovery; default off.
    public var connectionStateRecovery: RecoveryOptions?
    /// Makes each namespace's adapter around the one that holds the rooms of this process; default that one itself.
    public var adapter: @Sendable (MemoryAdapter) -> any Adapter = { $0 }
    /// Decides on handshakes before a session is made; default allows all. Runs on the connection's loop.
    public var allowRequest: (@Sendable (EngineHandshake) async -> EngineVerdict)?
    /// Hears errors that handlers throw and that no client is told. They are logged as well.
    public var onError: (@Sendable (HandlerFailure) -> Void)?
    /// Where the server writes what an operator wants to know; default nowhere.
    public var logger = Logger.disabled

    /// The defaults.
    public init() {}
}

/// An error that nobody else deals with.
public struct HandlerFailure: Sendable {
    /// What was thrown.
    public let error: any Error
    /// The socket at work, if any.
    public let socket: Socket?
    /// The event at work, if any.
    public let event: String?
}
