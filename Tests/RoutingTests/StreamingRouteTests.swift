import HTTPWire
import Routing
import Testing

@Suite("Routes that take content as it comes")
struct StreamingRouteTests {
    private struct Stamp: Middleware {
        nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
            try await next(request).with("X-Stamp", request.parameters["name"] ?? "-")
        }
    }

    private static func responder() throws -> Responder {
        var router = Router()
        router.group("/files", middleware: [Stamp()]) { group in
            group.put("/{name}", streaming: 5) { request, body in
                var sizes: [Int] = []
                while let piece = try await body.next() { sizes.append(piece.count) }
                return .text("\(try request.parameter("name")) \(body.length ?? -1) \(sizes) \(request.body.count)")
            }
        }
        router.post("/negative", streaming: -1) { _, _ in .text("") }
        router.on(.patch, "/stamped", streaming: 7, middleware: [Stamp()]) { _, _ in .text("p") }
        router.post("/whole") { _ in .text("whole") }
        return try router.freeze()
    }

    @Test func `a handler is given content that is all here in one piece`() async throws {
        let responder = try Self.responder()
        let response = await responder.respond(to: Request(.put, "/files/a", body: [1, 2, 3]))
        #expect(response.headers.first("x-stamp") == "a")
        guard case .text(let text) = response.body else { return #expect(Bool(false)) }
        #expect(text == "a 3 [3] 3")
        guard case .text(let none) = await responder.respond(to: Request(.put, "/files/a")).body else { return }
        #expect(none == "a 0 [] 0")
    }

    @Test func `a responder tells which routes take content as it comes, and how much`() throws {
        let responder = try Self.responder()
        #expect(responder.streams)
        #expect(responder.streamLimit(.put, rawPath: "/files/a%20b") == 5)
        #expect(responder.streamLimit(.patch, rawPath: "/stamped") == 7)
        #expect(responder.streamLimit(.post, rawPath: "/negative") == 0)
        #expect(responder.streamLimit(.post, rawPath: "/whole") == nil)
        #expect(responder.streamLimit(.post, rawPath: "/files/a") == nil)
        #expect(responder.streamLimit(.put, rawPath: "/files/%zz") == nil)
        #expect(try !Router().freeze().streams)
    }

    @Test(arguments: [
        (BodyError.refused(.bodyTooLarge), 413), (.tooSlow, 408), (.noRoom, 503), (.connectionLost, 400),
        (.notExpected, 500),
    ])
    func `each way that content can fail is an answer`(error: BodyError, status: Int) async throws {
        var router = Router()
        router.post("/", streaming: 1) { _, _ in throw error }
        let response = try await router.freeze().respond(to: Request(.post, "/"))
        #expect(response.status.code == status)
        #expect((response.headers.first("retry-after") != nil) == (status == 503))
        #expect(error.message.hasSuffix("."))
    }
}
