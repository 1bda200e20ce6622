/// Connection state recovery: a client that lost its connection comes back under its id, to its rooms, and is sent what
/// it missed.
///
/// Held in memory: it ends with the process. Where it is not possible the client silently gets a fresh socket.
public struct RecoveryOptions: Sendable {
    /// How long a client may be away; default 2 minutes.
    public var maxDisconnectionDuration: Duration = .seconds(120)
    /// Whether a recovered socket passes by the namespace's middlewares; default `true`. Set it to `false` where rights
    /// may have changed meanwhile.
    public var skipMiddlewares = true
    /// How many events of a namespace are kept; default 100,000.
    public var maxEvents = 100_000
    /// How many bytes of events of a namespace are kept; default 64 MiB.
    public var maxBytes = 64 << 20
    /// How many absent clients of a namespace are remembered; default 100,000. The longest absent is forgotten first.
    public var maxSessions = 100_000
    /// The event that tells a new client its first offset, so that it can recover even before another event reached it;
    /// default `socket.io:offset`. `nil` sends none.
    public var offsetEvent: String? = "socket.io:offset"

    /// The defaults.
    public init() {}
}
