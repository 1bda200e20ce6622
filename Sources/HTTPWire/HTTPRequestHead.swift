/// The request line and the header fields of one request, checked.
public struct HTTPRequestHead: Sendable {
    public let method: HTTPMethod
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int
    /// The fields, in the order received.
    public let headers: HTTPHeaders
    /// How the content is delimited.
    public let body: HTTPBodyFraming
    /// Whether the connection may serve another request after this one.
    public let keepAlive: Bool
    /// Whether the client waits for `100 Continue` before it sends the content.
    public let expectsContinue: Bool
    /// Whether `Connection: upgrade` and an `Upgrade` field are there.
    public let isUpgrade: Bool

    let targetRange: Range<Int>
    let pathRange: Range<Int>
    let queryRange: Range<Int>?

    /// The target as sent.
    public var target: String { headers.text(targetRange) }

    /// The path as sent, still percent-encoded; it begins with a slash, or is `*`.
    public var path: String { pathRange.isEmpty ? "/" : headers.text(pathRange) }

    /// The query as sent, still percent-encoded, without its question mark.
    public var query: String? { queryRange.map(headers.text) }

    /// The query's parameters, decoded; empty without a query. Refused as `QueryString(parsing:)` says.
    public func parameters(maximumCount: Int = 100) throws(HTTPError) -> QueryString {
        guard let queryRange else { return QueryString() }
        return try QueryString(bytes: headers.buffer[queryRange], maximumCount: maximumCount)
    }

    /// The `Host` field.
    public var host: String? { headers.first("host") }

    /// Whether an upgrade to WebSocket is asked for.
    public var isWebSocketUpgrade: Bool { isUpgrade && headers.list("upgrade", contains: "websocket") }
}

/// How a message's content is delimited (RFC 9112 section 6.3).
public enum HTTPBodyFraming: Equatable, Sendable {
    case none
    case length(Int)
    case chunked
    /// Until the connection closes: in responses only.
    case untilClose
}
