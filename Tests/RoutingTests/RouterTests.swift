import Bytes
import HTTPWire
import Logging
import Routing
import Testing

@Suite struct `Routes` {
    /// Answers with the pattern that matched and the parameters in it.
    static func responder(_ patterns: [(HTTPMethod, String)]) throws -> Responder {
        var router = Router()
        for (method, pattern) in patterns {
            router.on(method, pattern) { request in
                let values = ["room", "id", "rest"].compactMap { request.parameters[$0] }
                return .text(([pattern] + values).joined(separator: " "))
            }
        }
        return try router.freeze()
    }

    static let patterns: [(HTTPMethod, String)] = [
        (.get, "/"), (.get, "/chat/{room}"), (.post, "/chat/{room}"), (.get, "/chat/{room}/messages"),
        (.get, "/chat/chat_list"), (.post, "/chat/ws"), (.get, "/chat/{id}/messages/{room}"),
        (.get, "/files/{rest...}"),
        (.get, "/files/a/b"), (.get, "/admin/"), (.delete, "/x"), (.put, "/é"),
    ]

    @Test(arguments: [
        (HTTPMethod.get, "/", "/"), (.get, "/?a=b", "/"), (.get, "/chat/lobby", "/chat/{room} lobby"),
        (.post, "/chat/lobby", "/chat/{room} lobby"), (.get, "/chat/chat_list", "/chat/chat_list"),
        (.post, "/chat/chat_list", "/chat/{room} chat_list"), (.get, "/chat/ws", "/chat/{room} ws"),
        (.post, "/chat/ws", "/chat/ws"), (.get, "/chat/chat_list/messages", "/chat/{room}/messages chat_list"),
        (.get, "/chat/a/messages/b", "/chat/{id}/messages/{room} b a"), (.get, "/chat/a%2Fb", "/chat/{room} a/b"),
        (.get, "/chat/%C3%A9%20x", "/chat/{room} é x"), (.get, "/ch%61t/a", "/chat/{room} a"),
        (.get, "/chat/a+b", "/chat/{room} a+b"), (.get, "/files/a/b", "/files/a/b"),
        (.get, "/files/a/c", "/files/{rest...} a/c"), (.get, "/files/a/b/c", "/files/{rest...} a/b/c"),
        (.get, "/files/", "/files/{rest...} "), (.get, "/admin/", "/admin/"), (.delete, "/x", "/x"),
        (.put, "/%c3%a9", "/é"), (.head, "/chat/lobby", "/chat/{room} lobby"), (.get, "/chat/...", "/chat/{room} ..."),
    ])
    func `the most literal route answers`(_ method: HTTPMethod, _ target: String, _ text: String) async throws {
        let response = try await Self.responder(Self.patterns).respond(to: Request(method, target))
        #expect(response.status == .ok)
        #expect(response.textBody == text)
    }

    @Test(arguments: ["/nothing", "/chat", "/chat/", "/chat//messages", "/admin", "//", "/files", "/chat/a/", "/X"])
    func `an unknown path is not found`(_ path: String) async throws {
        let response = try await Self.responder(Self.patterns).respond(to: Request(.get, path))
        #expect(response.status == .notFound)
        #expect(response.textBody == #"{"error":"There is nothing at this address: check it."}"#)
    }

    @Test(arguments: [
        "/chat/%", "/chat/%4", "/chat/%zz", "/chat/%ff", "/chat/a%00b", "/chat/..", "/chat/%2e%2e", "/chat/.",
        "/./chat",
        "/chat/%2E./x", "/../etc/passwd", "/chat/%C0%AE%C0%AE",
    ])
    func `a path that cannot be decoded safely is refused`(_ path: String) async throws {
        let response = try await Self.responder(Self.patterns).respond(to: Request(.get, path))
        #expect(response.status == .badRequest)
    }

    @Test(arguments: [
        (HTTPMethod.delete, "/", "GET, HEAD, OPTIONS"), (.delete, "/chat/a", "GET, HEAD, OPTIONS, POST"),
        (.get, "/x", "DELETE, OPTIONS"), (.head, "/x", "DELETE, OPTIONS"),
        (.put, "/chat/ws", "GET, HEAD, OPTIONS, POST"),
        (.trace, "/", "GET, HEAD, OPTIONS"),
    ])
    func `another method is refused with those that are allowed`(
        _ method: HTTPMethod, _ path: String, _ allow: String
    ) async throws {
        let response = try await Self.responder(Self.patterns).respond(to: Request(method, path))
        #expect(response.status == .methodNotAllowed)
        #expect(response.headers.first("allow") == allow)
    }

    @Test func `OPTIONS says what is allowed`() async throws {
        let responder = try Self.responder(Self.patterns)
        let response = await responder.respond(to: Request(.options, "/chat/a"))
        #expect(response.status == .noContent)
        #expect(response.headers.first("allow") == "GET, HEAD, OPTIONS, POST")
        #expect(await responder.respond(to: Request(.options, "*")).status == .noContent)
        #expect(await responder.respond(to: Request(.options, "/none")).status == .notFound)
    }

    @Test func `the rest of a path is there in segments`() async throws {
        var router = Router()
        router.get("/f/{name...}") { request in .text(request.parameters.rest.joined(separator: "|")) }
        let response = try await router.freeze().respond(to: Request(.get, "/f/a%2Fb/c"))
        #expect(response.textBody == "a/b|c")
    }

    @Test(arguments: [
        "", "a", "/{", "/}", "/{}", "/a{b}", "/{a}b", "/{a}/{a}", "/{...}", "/{a...}/b", "/{a...}/", "/a/{b",
        "/{a}/{a...}",
    ])
    func `a malformed pattern is refused`(_ pattern: String) {
        #expect(throws: RoutingError.malformedPattern(pattern)) { try Self.responder([(.get, pattern)]) }
    }

    @Test(arguments: [("/a", "/a"), ("/{a}", "/{b}"), ("/x/{a}/y", "/x/{b}/y"), ("/{a...}", "/{b...}")])
    func `two routes that cannot be told apart clash`(_ first: String, _ second: String) throws {
        #expect(throws: RoutingError.clash(method: "GET", first: first, second: second)) {
            try Self.responder([(.get, first), (.get, second)])
        }
        _ = try Self.responder([(.get, first), (.post, second)])
    }

    @Test func `each method has its way to add a route`() async throws {
        var router = Router()
        router.get("/{a}") { .text("get " + (try $0.parameter("a"))) }
        router.post("/{a}") { .text("post " + (try $0.parameter("a"))) }
        router.put("/{a}") { .text("put " + (try $0.parameter("a"))) }
        router.patch("/{a}") { .text("patch " + (try $0.parameter("a"))) }
        router.delete("/{a}") { .text("delete " + (try $0.parameter("a"))) }
        let responder = try router.freeze()
        for method in [HTTPMethod.get, .post, .put, .patch, .delete] {
            let response = await responder.respond(to: Request(method, "/x"))
            #expect(response.textBody == "\(method.rawValue.lowercased()) x")
        }
    }

    @Test func `a group shares a prefix and its middleware`() async throws {
        var router = Router()
        router.group("/api", middleware: [Tag("outer")]) { api in
            api.get("/a") { _ in .text("a") }
            api.group("/v1", middleware: [Tag("inner")]) { $0.get("/b") { _ in .text("b") } }
        }
        router.on(.get, "/c", middleware: [Tag("one"), Tag("two")]) { _ in .text("c") }
        let responder = try router.freeze()
        #expect(await responder.respond(to: Request(.get, "/api/a")).textBody == "outer(a)")
        #expect(await responder.respond(to: Request(.get, "/api/v1/b")).textBody == "outer(inner(b))")
        #expect(await responder.respond(to: Request(.get, "/c")).textBody == "one(two(c))")
    }
}

/// Puts its name around the body.
struct Tag: Middleware {
    let name: String

    init(_ name: String) { self.name = name }

    nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
        var response = try await next(request)
        response.body = .text("\(name)(\(response.textBody))")
        return response
    }
}

extension Response {
    /// The body as text, where it is in memory.
    var textBody: String {
        switch body {
        case .none: ""
        case .text(let text): text
        case .bytes(let bytes): String(decoding: bytes, as: UTF8.self)
        case .shared(let bytes, let range): String(decoding: bytes.array[range], as: UTF8.self)
        case .reader(_, let range): "reader \(range)"
        case .file(let file): "file \(file.path) \(file.offset) \(file.count)"
        }
    }
}
