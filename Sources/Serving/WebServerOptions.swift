public import Bytes
public import HTTPWire
import Network

/// What a `WebServer` can be told.
public struct WebServerOptions: Sendable {
    /// Event loops; default one per core.
    public var threads: Int?
    /// From the connection's start, or the first byte of a further request, to the whole head; default 10 s.
    public var headTimeout: Duration = .seconds(10)
    /// From the head to the end of the body; default 30 s. A dripped byte does not renew it. A body that goes to its
    /// handler as it comes may take longer (`minBodyRate`).
    public var bodyTimeout: Duration = .seconds(30)
    /// Bytes a second that a client must send of a body that goes to its handler as it comes, looked at each `bodyTimeout`;
    /// default 1 KiB. A time in which the handler was behind does not count.
    public var minBodyRate = 1 << 10
    /// Bytes of such a body that may wait for the handler before reading pauses, and that are read and thrown away where
    /// it has answered before the end; default 64 KiB.
    public var maxStreamedBytes = 1 << 16
    /// Between two requests of one connection, and for a client to take 256 KiB of a file; default 75 s.
    public var idleTimeout: Duration = .seconds(75)
    /// How long a closing WebSocket waits for the other side; default 5 s.
    public var closeTimeout: Duration = .seconds(5)
    /// How long `stop` waits for connections to finish; default 10 s.
    public var drainTimeout: Duration = .seconds(10)
    /// Limits on what a request may be; the body limit counts for routes (an engine has its own, `maxPayload`).
    public var http = HTTPLimits()
    /// Open connections in all; a further one is closed at once. Default 100,000.
    public var maxConnections = 100_000
    /// Bytes that may wait to be written on one connection before it is cut; default 1 MiB, and one message more.
    public var maxBufferedBytes = 1 << 20
    /// How many bytes may wait for all connections together, but for those that many connections share; default 256 MiB.
    /// Beyond it whoever has more than 16 KiB waiting is cut when it is sent more.
    public var maxWaitingBytes = 256 << 20
    /// How many bytes the system keeps for each TCP connection until the client has taken them; default `nil`, the system's
    /// own measure, some megabytes for a client that takes nothing.
    public var sendBuffer: Int?
    /// Bytes of further requests kept while one is being answered; default 64 KiB, then reading pauses.
    public var maxPipelinedBytes = 1 << 16
    /// Bytes of requests and messages that have not all come, or that are not answered yet, on all connections together;
    /// default 32 MiB. Beyond it a request is answered 503 and a WebSocket closed with 1013. The first 16 KiB of each
    /// connection do not count.
    public var maxUnfinishedInput = 32 << 20
    /// Bytes of answers that clients have not taken yet, on all connections together; default 32 MiB. Beyond it a request
    /// for a large answer is answered 503, unless a client that has been taking its own for `unreadPatience` can be cut
    /// for it. Files do not count, nor do the first 16 KiB of each connection.
    public var maxUnreadAnswers = 32 << 20
    /// How long a client may take for an answer while others need the room; default 5 s.
    public var unreadPatience: Duration = .seconds(5)
    /// The peers whose `X-Forwarded-For` and `X-Forwarded-Proto` count; default none.
    public var trustedProxies: [CIDR] = []

    /// Which addresses are served; default all. A request from another one is answered 403.
    public var gate = AddressGate()
    /// The names in `Host` that are served; default any. A request for another one is answered 421.
    public var hosts: ServedHosts = .any

    /// The defaults.
    public init() {}
}
