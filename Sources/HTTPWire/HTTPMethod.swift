/// A request method (RFC 9110 section 9, RFC 5789); case matters. A request with any other is refused with 501.
public enum HTTPMethod: String, Sendable, CaseIterable, CustomStringConvertible {
    case get = "GET"
    case head = "HEAD"
    case post = "POST"
    case put = "PUT"
    case patch = "PATCH"
    case delete = "DELETE"
    case options = "OPTIONS"
    case trace = "TRACE"
    /// For proxies; the request parser refuses it.
    case connect = "CONNECT"

    public var description: String { rawValue }
}
