/// Why a connection is closed (RFC 6455 section 7.4).
public struct WebSocketCloseCode: RawRepresentable, Hashable, Sendable {
    public let rawValue: UInt16

    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// The purpose is fulfilled.
    public static let normal = WebSocketCloseCode(rawValue: 1000)
    /// The server stops, or the page is left.
    public static let goingAway = WebSocketCloseCode(rawValue: 1001)
    /// The peer broke the protocol.
    public static let protocolError = WebSocketCloseCode(rawValue: 1002)
    /// Never sent: stands for a close frame without a code.
    public static let noStatus = WebSocketCloseCode(rawValue: 1005)
    /// A text is not UTF-8, or compressed data is damaged.
    public static let invalidPayload = WebSocketCloseCode(rawValue: 1007)
    /// The peer broke a rule of this server.
    public static let policyViolation = WebSocketCloseCode(rawValue: 1008)
    /// A message is larger than the limit.
    public static let messageTooBig = WebSocketCloseCode(rawValue: 1009)
    /// The server failed.
    public static let internalError = WebSocketCloseCode(rawValue: 1011)
    /// The server is overloaded; come again later.
    public static let tryAgainLater = WebSocketCloseCode(rawValue: 1013)

    /// Whether a close frame may carry the code: the defined ones that are not reserved, and 3000 to 4999.
    public var mayBeSent: Bool {
        switch rawValue {
        case 1000...1003, 1007...1014, 3000...4999: true
        default: false
        }
    }
}
