/// The request that opens a session, with what a hook may decide on.
public struct EngineHandshake: Sendable {
    /// Header fields in the order received; names in lower case.
    public var headers: [(name: String, value: String)]
    /// The decoded query parameters in the order received.
    public var query: [(name: String, value: String)]
    /// The path and query as sent.
    public var url: String
    /// The client's address: the socket's, or what a trusted proxy said.
    public var address: String
    /// Whether the connection is encrypted.
    public var isSecure: Bool
    /// Milliseconds since 1970 at which the request came.
    public var issued: Int64

    public init(
        headers: [(name: String, value: String)] = [], query: [(name: String, value: String)] = [], url: String = "/",
        address: String = "", isSecure: Bool = false, issued: Int64 = 0
    ) {
        self.headers = headers
        self.query = query
        self.url = url
        self.address = address
        self.isSecure = isSecure
        self.issued = issued
    }

    /// The first field of this name (lower case).
    public func header(_ name: String) -> String? { headers.first { $0.name == name }?.value }

    /// The first parameter of this name.
    public func parameter(_ name: String) -> String? { query.first { $0.name == name }?.value }

    /// Whether the page that asks is of another origin (the `Origin` header is present).
    public var isCrossDomain: Bool { header("origin") != nil }
}

/// The refusals of Engine.IO, with their codes on the wire (`{"code":n,"message":".."}`).
public enum EngineRequestError: Equatable, Sendable {
    case unknownTransport
    case unknownSession
    case badHandshakeMethod
    case badRequest
    /// The message is the hook's.
    case forbidden(String)
    case unsupportedProtocolVersion

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
