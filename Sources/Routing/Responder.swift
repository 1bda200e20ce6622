public import HTTPWire
import Logging

/// Frozen routes: answers every request, whatever happens inside.
public struct Responder: Sendable {
    private let whole: Handler
    private let failures: Failures
    private let trie: RouteTrie

    init(
        trie: RouteTrie, middleware: [any Middleware], logger: Logger,
        refusalResponse: @escaping @Sendable (Refusal, Request) -> Response
    ) {
        let failures = Failures(logger: logger, trie: trie, refusalResponse: refusalResponse)
        self.failures = failures
        self.trie = trie
        // Errors become answers at each step, so that a middleware further out always has a response to add fields to.
        var handler: Handler = { request in try await Self.dispatch(request, trie) }
        for middleware in middleware.reversed() {
            let next = failures.answering(handler)
            handler = { request in try await middleware.handle(request, next: next) }
        }
        whole = handler
    }

    /// The answer. The content of an answer to HEAD is there too: the encoder counts it and leaves it out.
    public nonisolated(nonsending) func respond(to request: Request) async -> Response {
        do {
            return try await whole(request)
        } catch {
            return failures.response(to: error, request)
        }
    }

    /// The answer to a request that was refused before it was whole, in the same shape as others.
    public func response(to error: any Error, _ request: Request) -> Response {
        failures.response(to: error, request)
    }

    /// The method and the pattern of every route, in the order of the patterns.
    public var routes: [(method: HTTPMethod, pattern: String)] { trie.routes }

    /// Whether any route takes its content as it comes.
    public var streams: Bool { trie.streams }

    /// How much content the route of this request takes as it comes; `nil` where it is to be given all of it at once.
    public func streamLimit(_ method: HTTPMethod, rawPath: String) -> Int? {
        guard streams, let segments = try? PathSegments.decode(rawPath),
            case .found(let endpoint, _) = trie.match(method, segments)
        else { return nil }
        return endpoint.streamLimit
    }

    private static nonisolated(nonsending) func dispatch(_ request: Request, _ trie: RouteTrie) async throws -> Response
    {
        if request.rawPath == "*" { return Response(.noContent, headers: ["Allow": "GET, HEAD, OPTIONS, POST"]) }
        switch trie.match(request.method, try PathSegments.decode(request.rawPath)) {
        case .found(let endpoint, let parameters):
            var request = request
            request.parameters = parameters
            return try await endpoint.handler(request)
        case .otherMethods(let methods):
            let allow = allowField(methods)
            if request.method == .options { return Response(.noContent, headers: ["Allow": allow]) }
            throw Refusal(.methodNotAllowed, "Use one of the methods \(allow) here.", headers: ["Allow": allow])
        case .notFound:
            throw Refusal(.notFound, "There is nothing at this address: check it.")
        }
    }

    private static func allowField(_ methods: Set<HTTPMethod>) -> String {
        var allowed = methods.union([.options])
        if allowed.contains(.get) { allowed.insert(.head) }
        return allowed.map(\.description).sorted().joined(separator: ", ")
    }
}

/// Turns errors into answers.
struct Failures: Sendable {
    let logger: Logger
    let trie: RouteTrie
    let refusalResponse: @Sendable (Refusal, Request) -> Response

    func answering(_ handler: @escaping Handler) -> Handler {
        { request in
            do {
                return try await handler(request)
            } catch {
                return response(to: error, request)
            }
        }
    }

    func response(to error: any Error, _ request: Request) -> Response {
        if let error = error as? any HTTPResponseError {
            if let response = error.response { return response }
            // That the server is busy is no failure inside it.
            if error.status.code < 500 || error.status == .serviceUnavailable || error is Refusal {
                return refusalResponse(Refusal(error.status, error.message, headers: error.headers), request)
            }
        }
        // The text of an unforeseen error may tell a stranger what is inside; the log has it, under the request's id.
        logger.error(
            "A request failed",
            [
                "request": .string(request.id), "method": .string(request.method.description),
                "path": .string(loggedPath(of: request)), "error": .describing(error),
            ])
        let refusal = Refusal(
            .internalServerError,
            "The server failed at this: try again, or tell its operator about request \(request.id).")
        return refusalResponse(refusal, request)
    }

    /// The path as a log may have it: what its route calls `secret` or `token` stands there by that name.
    private func loggedPath(of request: Request) -> String {
        guard let segments = try? PathSegments.decode(request.rawPath),
            case .found(_, let parameters) = trie.match(request.method, segments)
        else { return request.rawPath }
        let secrets = parameters.named.filter { $0.name == "secret" || $0.name == "token" }
        if secrets.isEmpty { return request.rawPath }
        return segments.map { segment in
            "/" + (secrets.first { $0.value == segment }.map { "{\($0.name)}" } ?? segment)
        }.joined()
    }
}

/// A path in its segments.
enum PathSegments {
    /// The decoded segments: `/a%2Fb/c` are `a/b` and `c`.
    ///
    /// Refused with 400: an escape that is none, bytes that are not UTF-8, a NUL, and `.` or `..`, encoded or not, for
    /// a client that means well has resolved them.
    static func decode(_ path: String) throws(Refusal) -> [String] {
        var segments: [String] = []
        for segment in Substring(path).utf8.dropFirst().split(separator: 0x2f, omittingEmptySubsequences: false) {
            guard let decoded = PercentEncoding.decode(Substring(segment)), !decoded.utf8.contains(0),
                decoded != ".", decoded != ".."
            else { throw Refusal(.badRequest, "Send a path without dot segments, percent-encoded as UTF-8.") }
            segments.append(decoded)
        }
        return segments
    }
}
