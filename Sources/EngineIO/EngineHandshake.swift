/// The request that opens a session, with what a hook may decide on.
///
/// It lives as long as its session, which may be idle all that time; so it is kept as a few packed bytes, and copies share
/// them.
public struct EngineHandshake: Sendable {
    private let content: Content

    private final class Content: Sendable {
        let headers: PackedFields
        let query: PackedFields
        let url: String
        let address: String
        let isSecure: Bool
        let issued: Int64

        init(
            headers: PackedFields, query: PackedFields, url: String, address: String, isSecure: Bool, issued: Int64
        ) {
            self.headers = headers
            self.query = query
            self.url = url
            self.address = address
            self.isSecure = isSecure
            self.issued = issued
        }
    }

    /// A request with these fields; without arguments, one that says nothing.
    public init(
        headers: [(name: String, value: String)] = [], query: [(name: String, value: String)] = [], url: String = "/",
        address: String = "", isSecure: Bool = false, issued: Int64 = 0
    ) {
        content = Content(
            headers: PackedFields(headers), query: PackedFields(query), url: url, address: address, isSecure: isSecure,
            issued: issued)
    }

    /// Header fields in the order received, but for those that concern the one connection they came on
    /// (`Connection`, `Upgrade`, `Sec-WebSocket-…`); names in lower case.
    public var headers: [(name: String, value: String)] { content.headers.all }
    /// The decoded query parameters in the order received.
    public var query: [(name: String, value: String)] { content.query.all }
    /// The path and query as sent.
    public var url: String { content.url }
    /// The client's address: the socket's, or what a trusted proxy said.
    public var address: String { content.address }
    /// Whether the connection is encrypted.
    public var isSecure: Bool { content.isSecure }
    /// Milliseconds since 1970 at which the request came.
    public var issued: Int64 { content.issued }

    /// The first field of this name (lower case).
    public func header(_ name: String) -> String? { content.headers.first(name) }

    /// The first parameter of this name.
    public func parameter(_ name: String) -> String? { content.query.first(name) }

    /// Whether the page that asks is of another origin (the `Origin` header is present).
    public var isCrossDomain: Bool { header("origin") != nil }
}

/// The refusals of Engine.IO, with their codes on the wire (`{"code":n,"message":".."}`).
public enum EngineRequestError: Equatable, Sendable {
    /// No transport, or one that the options do not have.
    case unknownTransport
    /// The session has ended, or never was.
    case unknownSession
    /// A session is opened by GET.
    case badHandshakeMethod
    /// The request fits no session in its state.
    case badRequest
    /// The message is the hook's.
    case forbidden(String)
    /// A client of revision 3, where the options refuse it.
    case unsupportedProtocolVersion

    /// The `code` of the answer.
    public var code: Int {
        switch self {
        case .unknownTransport: 0
        case .unknownSession: 1
        case .badHandshakeMethod: 2
        case .badRequest: 3
        case .forbidden: 4
        case .unsupportedProtocolVersion: 5
        }
    }

    /// The `message` of the answer: the text that the official server sends.
    public var message: String {
        switch self {
        case .unknownTransport: "Transport unknown"
        case .unknownSession: "Session ID unknown"
        case .badHandshakeMethod: "Bad handshake method"
        case .badRequest: "Bad request"
        case .forbidden(let message): message
        case .unsupportedProtocolVersion: "Unsupported protocol version"
        }
    }

    /// The HTTP status of the refusal.
    public var status: Int { code == 4 ? 403 : 400 }
}
