internal import Bytes
public import HTTPWire

/// The content of a request as it comes, for a handler that takes it so: `router.post(pattern, streaming: limit)`.
///
/// Nothing is read before the first `next()`, and a client that asked whether to send (`Expect: 100-continue`) is told to
/// by it: a handler that refuses first has cost the client no upload. While the handler is behind, the connection reads
/// no more.
public struct RequestBody: Sendable {
    private let source: any BodySource

    /// What comes from `source`.
    public init(_ source: any BodySource) { self.source = source }

    /// Bytes that are all here.
    public init(_ bytes: [UInt8] = []) { source = WholeBody(bytes) }

    /// How many bytes the client says it sends; `nil` where it does not say.
    public var length: Int? { source.length }

    /// The next bytes, never none of them; `nil` behind the last. One call at a time.
    public nonisolated(nonsending) func next() async throws(BodyError) -> [UInt8]? { try await source.next() }
}

/// Where the content of a streamed request comes from.
public protocol BodySource: Sendable {
    /// How many bytes the client says it sends; `nil` where it does not say.
    var length: Int? { get }
    /// The next bytes; `nil` behind the last. After an error every further call throws.
    nonisolated(nonsending) func next() async throws(BodyError) -> [UInt8]?
}

/// Why the content of a streamed request came to no end. A handler lets it through, and the client is answered so.
public enum BodyError: Error, Equatable, Sendable {
    /// What came is no content of a request, or more than the route takes.
    case refused(HTTPError)
    /// The client sends less than it must in the time.
    case tooSlow
    /// The server keeps as much of requests as it may.
    case noRoom
    /// The client has gone.
    case connectionLost
    /// The handler asked again before it had its answer, or after it had answered itself.
    case notExpected
}

extension BodyError: HTTPResponseError {
    public var status: HTTPStatus {
        switch self {
        case .refused(let error): error.status
        case .tooSlow: .requestTimeout
        case .noRoom: .serviceUnavailable
        case .connectionLost: .badRequest
        case .notExpected: .internalServerError
        }
    }

    public var message: String {
        switch self {
        case .refused(let error): error.message
        case .tooSlow: "Send the whole request faster."
        case .noRoom: "The server has too much work under way: send this again later."
        case .connectionLost: "The connection ended inside a message: send it again."
        case .notExpected: "The server read the content of a request out of turn."
        }
    }

    public var headers: HTTPHeaders { self == .noRoom ? ["Retry-After": "1"] : [:] }
}

/// Content that is all here.
private final class WholeBody: BodySource {
    let length: Int?
    private let rest: Locked<[UInt8]>

    init(_ bytes: [UInt8]) {
        length = bytes.count
        rest = Locked(bytes)
    }

    nonisolated(nonsending) func next() async throws(BodyError) -> [UInt8]? {
        rest.withLock { rest in
            defer { rest = [] }
            return rest.isEmpty ? nil : rest
        }
    }
}
