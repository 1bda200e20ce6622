/// Why an opening handshake was refused.
public enum WebSocketHandshakeError: Error, Equatable, Sendable {
    case methodNotGet
    case versionOfHTTP
    case upgradeMissing
    case connectionMissing
    case versionUnsupported
    case keyInvalid
    case extensionsInvalid
    case protocolsInvalid

    /// The HTTP status to answer with.
    public var status: Int {
        switch self {
        case .methodNotGet: 405
        // RFC 6455 section 4.4.
        case .versionUnsupported: 426
        default: 400
        }
    }

    /// Headers that the answer must have.
    public var headers: [(name: String, value: String)] {
        switch self {
        case .methodNotGet: [("Allow", "GET")]
        case .versionUnsupported:
            [
                ("Sec-WebSocket-Version", WebSocketHandshake.version), ("Upgrade", "websocket"),
                ("Connection", "Upgrade"),
            ]
        default: []
        }
    }

    /// One plain sentence for the answer's body.
    public var reason: String {
        switch self {
        case .methodNotGet: "Open a WebSocket with the method GET."
        case .versionOfHTTP: "Open a WebSocket with HTTP/1.1."
        case .upgradeMissing: "Send the header Upgrade: websocket."
        case .connectionMissing: "Send the header Connection: Upgrade."
        case .versionUnsupported: "Send the header Sec-WebSocket-Version: 13, once."
        case .keyInvalid: "Send one Sec-WebSocket-Key: 16 random bytes in base 64."
        case .extensionsInvalid: "Send Sec-WebSocket-Extensions as a list of extensions with parameters."
        case .protocolsInvalid: "Send Sec-WebSocket-Protocol as a list of names."
        }
    }
}
