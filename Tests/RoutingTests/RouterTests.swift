import HTTPWire
import Routing
import Testing

@Suite struct `Routes` {
    @Test func `smoke`() async throws {
        var router = Router()
        router.get("/chat/{room}/messages") { request in .text(try request.parameter("room")) }
        let responder = try router.freeze()
        let response = await responder.respond(to: Request(.get, "/chat/a%2Fb/messages"))
        #expect(response.status == .ok)
    }
}
