import Bytes
public import EngineIO
public import JSON

/// What a client brought when it connected: the request that opened its session, and its `auth` for this namespace.
///
/// The request's strings are shared by all sockets of one connection.
public struct Handshake: Sendable {
    /// The request of the Engine.IO session, as the transport saw it.
    public let request: EngineHandshake
    /// The payload of the CONNECT packet, an object; without members where there was none. Revision 3: the query in the
    /// namespace's name.
    public let auth: JSONValue

    init(request: EngineHandshake, auth: JSONValue) {
        self.request = request
        self.auth = auth
    }

    /// Header fields in the order received; names in lower case.
    public var headers: [(name: String, value: String)] { request.headers }
    /// The decoded query parameters in the order received, `EIO` and `transport` among them.
    public var query: [(name: String, value: String)] { request.query }
    /// The client's address.
    public var address: String { request.address }
    /// The path and query as sent.
    public var url: String { request.url }
    /// Whether the connection is encrypted.
    public var isSecure: Bool { request.isSecure }
    /// Whether the request came from a page of another origin.
    public var isCrossDomain: Bool { request.isCrossDomain }
    /// Milliseconds since 1970 at which the request came.
    public var issued: Int64 { request.issued }
    /// `issued` as `2026-11-20T07:02:11.005Z`.
    public var time: String { UTCTime(epochMilliseconds: request.issued).rfc3339 }

    /// The first header field of this name (lower case).
    public func header(_ name: String) -> String? { request.header(name) }
    /// The first query parameter of this name.
    public func parameter(_ name: String) -> String? { request.parameter(name) }
}
