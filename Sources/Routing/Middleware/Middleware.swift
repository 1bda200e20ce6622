/// Answers a request. Runs where it is called: on the connection's event loop.
public typealias Handler = nonisolated(nonsending) @Sendable (Request) async throws -> Response

/// Answers a request whose content it takes as it comes. Runs where `Handler` does.
public typealias StreamingHandler = nonisolated(nonsending) @Sendable (Request, RequestBody) async throws -> Response

/// Stands in front of handlers: may change the request, answer itself, or change the answer.
public protocol Middleware: Sendable {
    nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response
}

extension [any Middleware] {
    /// One handler that passes a request through all of these, the first outermost, to `handler`.
    func wrapping(_ handler: @escaping Handler) -> Handler {
        var wrapped = handler
        for middleware in reversed() {
            let next = wrapped
            wrapped = { request in try await middleware.handle(request, next: next) }
        }
        return wrapped
    }
}
