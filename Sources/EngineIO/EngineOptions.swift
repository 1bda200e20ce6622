/// What an engine can be told. Defaults are those of the official server except where docs/protocol.md says why not.
public struct EngineOptions: Sendable {
    /// Where requests for the engine begin; default `/socket.io/`.
    public var path = "/socket.io/"
    /// Which transports clients may use; default both.
    public var transports: Set<EngineTransport> = [.polling, .webSocket]
    /// Whether a polling session may go on over a WebSocket; default `true`.
    public var allowUpgrades = true
    /// Whether clients of revision 3 (Socket.IO 2) are served; default `true`.
    public var allowRevision3 = true
    /// How often a client is pinged (revision 4) or must ping (3); default 25 s.
    public var pingInterval: Duration = .seconds(25)
    /// How late the answer to a ping (revision 4) or the next ping (3) may be; default 20 s.
    public var pingTimeout: Duration = .seconds(20)
    /// How long a WebSocket that wants to take over from polling may take; default 10 s.
    public var upgradeTimeout: Duration = .seconds(10)
    /// How long a closed polling session waits for the poll that takes its last packets; default 30 s.
    public var closeTimeout: Duration = .seconds(30)
    /// How long a polling session that its client closed waits for a poll that the close packet has overtaken; default
    /// 1 s.
    public var closeGrace: Duration = .seconds(1)
    /// The largest message or POST in bytes; announced as `maxPayload`. Default 1,000,000.
    public var maxPayload = 1_000_000
    /// The same for a session until `EngineSession.allowFullPayload()`; default `nil`, no difference. Not announced.
    public var maxPayloadBeforeJoin: Int?
    /// How many bytes may wait for one client before it is cut with `.bufferOverflow`; default 1 MiB. A message counts
    /// 64 bytes beside its own; one alone may be larger than the bound.
    public var maxBufferedBytes = 1 << 20
    /// Fragments of one WebSocket message; default 4,096. Empty ones would never reach `maxPayload`.
    public var maxFragments = 4096
    /// Packets in one POST; default 4,096.
    public var maxPacketsPerPayload = 4096
    /// Packets in one answer to a poll; default 16, beyond which python-engineio's client refuses a payload.
    public var maxPacketsPerAnswer = 16
    /// From how many bytes polling answers are compressed for clients that accept that; default 1,024, `nil` never.
    public var httpCompressionThreshold: Int? = 1024
    /// From how many bytes a message is compressed with permessage-deflate; default `nil`, which does not offer it.
    public var webSocketCompressionThreshold: Int?
    /// The session cookie; default none.
    public var cookie: Cookie?
    /// Which pages may connect; default their own origin only.
    public var origins: OriginRule = .sameOrigin
    /// How many sessions one address may have, IPv6 counted by /64; a further one is refused with 503. Default 10,000.
    public var maxSessionsPerAddress = 10_000
    /// How many sessions one address may have that no client has joined a namespace on; default 500.
    public var maxUnjoinedSessionsPerAddress = 500
    /// How many sessions in all; a further one is refused with 503. Default 100,000.
    public var maxSessions = 100_000

    /// The cookie that names the session, for proxies that keep clients with their server.
    public struct Cookie: Sendable, Equatable {
        /// What it is called; default `io`.
        public var name = "io"
        /// Below which path it is sent; default everywhere.
        public var path = "/"
        /// Whether scripts of the page do not see it; default `true`.
        public var isHTTPOnly = true
        /// `Lax` (the default), `Strict` or `None`.
        public var sameSite = "Lax"
        /// Whether it goes over encrypted connections only; default `false`.
        public var isSecure = false

        /// The defaults.
        public init() {}
    }

    /// Checked for polling and WebSocket alike.
    public enum OriginRule: Sendable, Equatable {
        /// The `Origin` names the host and port that the request was sent to, or is absent.
        case sameOrigin
        /// The same origin, and exactly these (`https://chat.example`).
        case listed([String])
        /// Any page; cookies are then never allowed.
        case any
    }

    /// The defaults.
    public init() {}
}

/// The options of one engine, shared by its sessions: one reference in each instead of a copy.
public final class SharedEngineOptions: Sendable {
    /// What was shared.
    public let options: EngineOptions

    /// Shares these options.
    public init(_ options: EngineOptions) { self.options = options }
}
