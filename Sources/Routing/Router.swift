public import HTTPWire
import JSON
public import Logging

/// Collects routes and middleware; `freeze()` makes the `Responder` that serves them.
///
///     var router = Router()
///     router.use(SecurityHeaders())
///     router.get("/chat/{room}/messages") { request in .text(try request.parameter("room")) }
///     let responder = try router.freeze()
///
/// A literal segment goes before `{name}` (one segment that is not empty), and that before `{name...}` (the whole rest).
public struct Router: RouteCollector {
    private var routes: [Route] = []
    private var middleware: [any Middleware] = []
    private let logger: Logger

    /// Makes the answer to a refused request; the default is `{"error": "…"}`, or plain text for a browser's page.
    public var refusalResponse: @Sendable (Refusal, Request) -> Response = Router.plainRefusal

    /// A router without routes; `logger` is told of failures.
    public init(logger: Logger = .disabled) {
        self.logger = logger
    }

    /// Puts a middleware around everything that comes later, refusals and unknown paths included.
    public mutating func use(_ middleware: any Middleware) {
        self.middleware.append(middleware)
    }

    public mutating func collect(_ route: Route) {
        routes.append(route)
    }

    /// Checks the routes and makes them servable.
    public func freeze() throws(RoutingError) -> Responder {
        var trie = RouteTrie()
        for route in routes { try trie.insert(route) }
        let responder = Responder(trie: trie, middleware: middleware, logger: logger, refusalResponse: refusalResponse)
        return responder
    }

    @Sendable
    static func plainRefusal(_ refusal: Refusal, _ request: Request) -> Response {
        var response =
            request.prefersHTML
            ? Response.text(refusal.message, status: refusal.status)
            : Response.json(["error": .string(refusal.message)], status: refusal.status)
        for (name, value) in refusal.headers { response.headers.set(name, value) }
        return response
    }
}

/// A handler for a method and a pattern.
public struct Route: Sendable {
    var method: HTTPMethod
    var pattern: String
    var handler: Handler
    /// The most content that is taken as it comes; `nil` where the handler is given all of it at once.
    var streamLimit: Int?
}

/// What routes are added to: a router or a group.
public protocol RouteCollector {
    mutating func collect(_ route: Route)
}

extension RouteCollector {
    /// Answers `method` on `pattern`, with these middlewares in front, the first outermost.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, middleware: [any Middleware] = [], _ handler: @escaping Handler
    ) {
        collect(Route(method: method, pattern: pattern, handler: middleware.wrapping(handler)))
    }

    /// Answers `method` on `pattern` by a handler that takes the content as it comes, up to `limit` bytes: `next()` throws
    /// what is answered with 413 where there is more, at once where the client says so beforehand.
    ///
    /// Middlewares run before the content is read, and the request they see has none.
    public mutating func on(
        _ method: HTTPMethod, _ pattern: String, streaming limit: Int, middleware: [any Middleware] = [],
        _ handler: @escaping StreamingHandler
    ) {
        let whole: Handler = { request in try await handler(request, request.content) }
        collect(
            Route(method: method, pattern: pattern, handler: middleware.wrapping(whole), streamLimit: max(0, limit)))
    }

    /// Answers POST by a handler that takes the content as it comes.
    public mutating func post(_ pattern: String, streaming limit: Int, _ handler: @escaping StreamingHandler) {
        on(.post, pattern, streaming: limit, handler)
    }

    /// Answers PUT by a handler that takes the content as it comes.
    public mutating func put(_ pattern: String, streaming limit: Int, _ handler: @escaping StreamingHandler) {
        on(.put, pattern, streaming: limit, handler)
    }

    /// Answers GET, and HEAD with the same but its content.
    public mutating func get(_ pattern: String, _ handler: @escaping Handler) { on(.get, pattern, handler) }
    public mutating func post(_ pattern: String, _ handler: @escaping Handler) { on(.post, pattern, handler) }
    public mutating func put(_ pattern: String, _ handler: @escaping Handler) { on(.put, pattern, handler) }
    public mutating func patch(_ pattern: String, _ handler: @escaping Handler) { on(.patch, pattern, handler) }
    public mutating func delete(_ pattern: String, _ handler: @escaping Handler) { on(.delete, pattern, handler) }

    /// Adds routes that share the beginning of their patterns and the middlewares in front of them.
    public mutating func group(
        _ prefix: String = "", middleware: [any Middleware] = [], _ build: (inout RouteGroup) -> Void
    ) {
        var group = RouteGroup()
        build(&group)
        for route in group.routes {
            collect(
                Route(
                    method: route.method, pattern: prefix + route.pattern, handler: middleware.wrapping(route.handler),
                    streamLimit: route.streamLimit))
        }
    }
}

/// Routes on their way into a router.
public struct RouteGroup: RouteCollector {
    var routes: [Route] = []

    public mutating func collect(_ route: Route) {
        routes.append(route)
    }
}
