import HTTPWire
import JSON
import Logging
import Routing
import Testing

@Suite struct `Failing handlers` {
    struct SecretError: Error { let secret = "hunter2" }

    struct Teapot: HTTPResponseError {
        let status = HTTPStatus(418)
        let message = "Use the coffee pot."
        var headers: HTTPHeaders { ["X-Pot": "tea"] }
    }

    struct OwnShape: HTTPResponseError {
        let status = HTTPStatus(400)
        let message = ""
        var response: Response? { .json(["detail": "x"], status: status) }
    }

    static func answer(_ error: any Error, accept: String? = nil, sink: MemorySink = MemorySink()) async throws
        -> Response
    {
        var router = Router(logger: Logger(sink: sink))
        router.get("/a") { _ in throw error }
        let headers: HTTPHeaders = accept.map { ["Accept": $0] } ?? [:]
        return try await router.freeze().respond(to: Request(.get, "/a?token=t", headers: headers, id: "r1"))
    }

    @Test func `an error that is an answer is answered`() async throws {
        let sink = MemorySink()
        let response = try await Self.answer(Teapot(), sink: sink)
        #expect(response.status.code == 418)
        #expect(response.headers.first("x-pot") == "tea")
        #expect(response.textBody == #"{"error":"Use the coffee pot."}"#)
        #expect(sink.records.isEmpty)
    }

    @Test func `a refusal may have a shape of its own`() async throws {
        #expect(try await Self.answer(OwnShape()).textBody == #"{"detail":"x"}"#)
    }

    @Test func `a browser is answered with plain text`() async throws {
        let response = try await Self.answer(Teapot(), accept: "text/html")
        #expect(response.headers.first("content-type") == "text/plain; charset=utf-8")
        #expect(response.textBody == "Use the coffee pot.")
    }

    @Test func `an error of the wire is answered with its status`() async throws {
        var router = Router()
        router.get("/a") { request in .text(try request.query.first("a") ?? "") }
        let responder = try router.freeze()
        #expect(await responder.respond(to: Request(.get, "/a?a=%ff")).status == .badRequest)
        #expect(await responder.respond(to: Request(.get, "/a?a=b")).textBody == "b")
        #expect(responder.response(to: HTTPError.bodyTooLarge, Request(.post, "/a")).status == .contentTooLarge)
    }

    @Test(arguments: [
        ("/hooks/1/hunter2", "/hooks/1/{secret}"), ("/hooks/hunter2/hunter2", "/hooks/{secret}/{secret}"),
        ("/invitations/hunter%32", "/invitations/{token}"), ("/rooms/hunter2", "/rooms/hunter2"),
    ])
    func `no secret of a path goes to the log`(path: String, logged: String) async throws {
        let sink = MemorySink()
        var router = Router(logger: Logger(sink: sink))
        for pattern in ["/hooks/{id}/{secret}", "/invitations/{token}", "/rooms/{room}"] {
            router.get(pattern) { _ in throw SecretError() }
        }
        #expect(try await router.freeze().respond(to: Request(.get, path)).status == .internalServerError)
        let records = sink.records.map { String(describing: $0) }
        #expect(records.count == 1 && records[0].contains(logged))
    }

    @Test func `the text of any other error goes to the log and not to the client`() async throws {
        let sink = MemorySink()
        let response = try await Self.answer(SecretError(), sink: sink)
        #expect(response.status == .internalServerError)
        #expect(!response.textBody.contains("hunter2"))
        #expect(response.textBody.contains("r1"))
        let record = try #require(sink.records.first)
        #expect(record.fields.contains { $0.name == "error" && "\($0.value)".contains("hunter2") })
        #expect(record.fields.contains { $0.name == "path" && $0.value == "/a" })
    }

    @Test func `a field that cannot be sent is a failure of the server`() async throws {
        let sink = MemorySink()
        let response = try await Self.answer(HTTPError.unsendableHeader, sink: sink)
        #expect(response.status == .internalServerError)
        #expect(sink.records.count == 1)
    }

    @Test func `a parameter that the pattern has not is a failure of the server`() async throws {
        var router = Router()
        router.get("/{a}") { request in .text(try request.parameter("b")) }
        #expect(try await router.freeze().respond(to: Request(.get, "/x")).status == .internalServerError)
    }

    @Test func `a middleware around sees refusals and unknown paths as answers`() async throws {
        struct Refuse: Middleware {
            nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
                if request.rawPath == "/refused" { throw Refusal(.forbidden, "No.") }
                return try await next(request)
            }
        }
        var router = Router()
        router.use(SecurityHeaders())
        router.use(Refuse())
        let responder = try router.freeze()
        for (path, status) in [("/refused", HTTPStatus.forbidden), ("/none", .notFound)] {
            let response = await responder.respond(to: Request(.get, path))
            #expect(response.status == status)
            #expect(response.headers.first("x-content-type-options") == "nosniff")
        }
    }

    @Test func `the shape of refusals can be chosen`() async throws {
        var router = Router()
        router.refusalResponse = { refusal, _ in .html("<p>\(refusal.status.code)", status: refusal.status) }
        #expect(try await router.freeze().respond(to: Request(.get, "/")).textBody == "<p>404")
    }
}
