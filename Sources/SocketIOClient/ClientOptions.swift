public import EngineIO
public import EventLoops
import HTTPWire
public import TLS
public import WebSocketWire

/// How a connection is made and what it takes.
public struct ClientOptions: Sendable {
    /// The transports to use, the first to begin with; the default is polling with an upgrade to WebSocket.
    public var transports: [EngineTransport] = [.polling, .webSocket]
    /// Whether a polling connection becomes a WebSocket where server and `transports` allow that; default `true`.
    public var upgrades = true
    /// The path of Engine.IO on the server; default `/socket.io/`.
    public var path = "/socket.io/"
    /// Headers of every request, such as `Authorization`.
    public var headers: [(name: String, value: String)] = []
    /// What encrypts connections to `https` addresses; the default trusts the certificates that the system trusts.
    public var tls: TLSContext?
    /// Compression of WebSocket messages; the default is none.
    public var deflate: PerMessageDeflate.Options?
    /// From how many bytes on a message is compressed; default 1,024.
    public var deflateThreshold = 1_024
    /// How many bytes one message with its attachments, or one answer to a poll, may have; default 100,000,000.
    public var maxMessageBytes = 100_000_000
    /// How many attachments one packet of the server may have; default 1,000.
    public var maxAttachments = 1_000
    /// How long connecting, and probing an upgrade, may take; default 20 seconds.
    public var connectTimeout = Duration.seconds(20)
    /// Where mask keys and nonces come from; the default is the system.
    public var random: any RandomSource = SystemRandom()

    /// The defaults.
    public init() {}
}

/// Mask keys, taken from the random source in batches.
struct MaskKeys {
    private let random: any RandomSource
    private var bytes: [UInt8] = []

    init(_ random: any RandomSource) { self.random = random }

    mutating func next() -> UInt32 {
        if bytes.count < 4 { bytes = random.bytes(64) }
        var key: UInt32 = 0
        for _ in 0..<4 { key = key << 8 | UInt32(bytes.removeLast()) }
        return key
    }
}
