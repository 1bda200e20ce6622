public import HTTPWire

/// An error that is an answer. Errors of other types are logged and answered 500 without their text.
public protocol HTTPResponseError: Error {
    var status: HTTPStatus { get }
    /// One plain sentence for the client.
    var message: String { get }
    /// Fields of the answer, such as `WWW-Authenticate` or `Retry-After`.
    var headers: HTTPHeaders { get }
    /// The whole answer, where its shape is not the usual one; default `nil`.
    var response: Response? { get }
}

extension HTTPResponseError {
    public var headers: HTTPHeaders { [:] }
    public var response: Response? { nil }
}

/// Refuses a request: `throw Refusal(.forbidden, "Ask a moderator to let you in.")`.
public struct Refusal: HTTPResponseError, Equatable {
    public var status: HTTPStatus
    public var message: String
    public var headers: HTTPHeaders

    /// A refusal with one sentence that says what to do.
    public init(_ status: HTTPStatus, _ message: String, headers: HTTPHeaders = [:]) {
        self.status = status
        self.message = message
        self.headers = headers
    }
}

extension HTTPError: HTTPResponseError {}

/// What the program itself did wrong with routes.
public enum RoutingError: Error, Equatable, Sendable, CustomStringConvertible {
    /// Patterns begin with a slash; a segment is a literal, `{name}`, or last of all `{name...}`; names differ.
    case malformedPattern(String)
    /// Two routes that no request could tell apart.
    case clash(method: String, first: String, second: String)
    /// The handler asked for a parameter that its pattern has not.
    case noSuchParameter(String)

    public var description: String {
        switch self {
        case .malformedPattern(let pattern):
            "Write the pattern \"\(pattern)\" as /literal, /{name} and at its end perhaps /{name...}, with names that differ."
        case .clash(let method, let first, let second):
            "Keep one of \(method) \(first) and \(method) \(second): no request could tell them apart."
        case .noSuchParameter(let name): "Name a parameter of the route's pattern instead of \(name)."
        }
    }
}
