public import HTTPWire

/// One request as a handler sees it: complete, with its body, and with no socket behind it.
public struct Request: Sendable {
    public var method: HTTPMethod
    /// The path as sent, percent-encoded, beginning with a slash.
    public var rawPath: String
    /// The query as sent, percent-encoded, without its question mark.
    public var rawQuery: String?
    public var headers: HTTPHeaders
    public var body: [UInt8]
    /// The client's address: the socket's, or what a trusted proxy said.
    public var remoteAddress: String
    /// The socket's address, whatever proxies say; no IP address on a socket of the file system.
    public var peerAddress: String
    /// Whether the connection is encrypted.
    public var isSecure: Bool
    /// Names this request in the log and, where it fails, to the client.
    public var id: String
    /// What the route's `{names}` stood for, decoded.
    public internal(set) var parameters = Parameters()
    /// The content, where the route takes it as it comes.
    private var stream: RequestBody?
    private var attachments: [ObjectIdentifier: any Sendable] = [:]

    public init(
        _ head: borrowing HTTPRequestHead, body: [UInt8] = [], stream: RequestBody? = nil, remoteAddress: String,
        peerAddress: String? = nil, isSecure: Bool, id: String
    ) {
        self.stream = stream
        method = head.method
        rawPath = head.path
        rawQuery = head.query
        headers = head.headers
        self.body = body
        self.remoteAddress = remoteAddress
        self.peerAddress = peerAddress ?? remoteAddress
        self.isSecure = isSecure
        self.id = id
    }

    /// A request made by hand, for tests and for a server's own calls; `target` is a path with an optional query.
    public init(
        _ method: HTTPMethod, _ target: String, headers: HTTPHeaders = [:], body: [UInt8] = [],
        remoteAddress: String = "127.0.0.1", isSecure: Bool = false, id: String = "-"
    ) {
        let mark = target.utf8.firstIndex(of: 0x3f)
        self.method = method
        rawPath = String(target[..<(mark ?? target.endIndex)])
        rawQuery = mark.map { String(target[target.utf8.index(after: $0)...]) }
        self.headers = headers
        self.body = body
        self.remoteAddress = remoteAddress
        peerAddress = remoteAddress
        self.isSecure = isSecure
        self.id = id
    }

    /// The content for a handler that takes it as it comes: `body` in one piece, where that was read before.
    var content: RequestBody { stream ?? RequestBody(body) }

    /// The query's parameters. A query that is not percent-encoded UTF-8 is refused with 400.
    public var query: QueryString {
        get throws(HTTPError) { try QueryString(parsing: rawQuery ?? "") }
    }

    /// The well-formed cookies of all `Cookie` fields.
    public var cookies: [Cookie] { headers.values("cookie").flatMap { Cookie.parse($0) } }

    /// The value of the first cookie of this name.
    public func cookie(_ name: String) -> String? { cookies.first { $0.name == name }?.value }

    /// The value of the route's `{name}`; that the route has none is this program's fault and answered 500.
    public func parameter(_ name: String) throws(RoutingError) -> String {
        guard let value = parameters[name] else { throw .noSuchParameter(name) }
        return value
    }

    /// Whether a person's browser asks for a page, so that a refusal should be one, too.
    public var prefersHTML: Bool { ContentNegotiation.prefersHTML(headers.first("accept")) }

    /// What a middleware leaves for the handlers behind it: one value for each type.
    public subscript<Value: Sendable>(type: Value.Type) -> Value? {
        get { attachments[ObjectIdentifier(type)] as? Value }
        set { attachments[ObjectIdentifier(type)] = newValue }
    }

    /// The values of a route's `{names}`.
    public struct Parameters: Sendable {
        var named: [(name: String, value: String)] = []
        /// The segments that a last `{name...}` stood for, each decoded.
        public internal(set) var rest: [String] = []

        public subscript(name: String) -> String? { named.first { $0.name == name }?.value }
    }
}
