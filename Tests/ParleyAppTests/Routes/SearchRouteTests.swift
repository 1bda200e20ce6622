import Chat
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite("Search over REST and Socket.IO", .timeLimit(.minutes(10))) struct SearchRouteTests {
    @Test func `an account searches its rooms, a page at a time, with context`() async throws {
        let club = try await Club()
        for text in ["needle one", "hay", "needle two"] { try await club.post(text) }
        let first = await club.ask(.get, "/api/v1/search?q=NEEDLE&limit=1&context=1").json
        #expect(first["results"]?[0]?["message"]?["message"] == "needle two")
        #expect(first["results"]?[0]?["before"]?[0]?["message"] == "hay" && first["results"]?[0]?["after"] == [])
        let next = try #require(first["before"]?.stringValue)
        let rest = await club.ask(.get, "/api/v1/search?q=needle&limit=1&before=\(next)").json
        #expect(rest["results"]?[0]?["message"]?["message"] == "needle one" && rest["before"] == .null)
        // Bob does not belong to the room, and learns nothing by asking.
        #expect(await club.ask(.get, "/api/v1/search?q=needle", as: club.bob).json["results"] == [])
        #expect(await Club.code(club.ask(.get, "/api/v1/search?q=needle+in:club", as: club.bob)) == "access_denied")
        #expect(await Club.code(club.ask(.get, "/api/v1/rooms/club/search?q=needle", as: club.bob)) == "access_denied")
        #expect(await club.ask(.get, "/api/v1/rooms/club/search?q=one").json["results"]?.arrayValue?.count == 1)
        #expect(await club.routes.ask(.get, "/api/v1/search?q=x").status == .unauthorized)
        for query in ["", "?q=", "?q=x&limit=x", "?q=x&limit=101", "?q=after:x", "?q=x&before=1704067200000"] {
            #expect(await club.ask(.get, "/api/v1/search\(query)").status == .unprocessableContent, "\(query)")
        }
    }

    @Test func `the Socket.IO dialect searches one room`() async throws {
        let routes = try await RouteHarness()
        let caller = Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password))
        _ = try await routes.chat.post("needle", in: "room", by: caller)
        let answer = await routes.ask(.get, "/chat/room/search?query=needle&password=correct+horse&user_id=ann")
        #expect(answer.json["success"] == true && answer.json["query"] == "needle" && answer.json["result_count"] == 1)
        #expect(answer.json["results"]?[0]?["id"] == "msg_1" && answer.json["results"]?[0]?["is_sent"] == true)
        let denied = await routes.ask(.get, "/chat/room/search?query=needle")
        #expect(denied.line == Response.refusal(401, RouteHarness.denied))
        let empty = await routes.ask(.get, "/chat/room/search?password=correct+horse")
        #expect(empty.line == Response.refusal(400, "Write the words to search for."))
    }

    @Test func `a member searches over Socket.IO`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            for text in ["needle", "hay"] { try await ann.say(text) }
            let answer = try await ann.ask("search", ["room": "room", "query": "needle"])
            #expect(answer["status"] == "success" && answer["result_count"] == 1 && answer["before"] == .null)
            #expect(answer["results"]?[0]?["message"] == "needle" && answer["query"] == "needle")
            for content: JSONValue in [
                ["room": "room"], ["query": "x"], ["room": "other", "query": "x"], ["room": "room", "query": ""],
            ] {
                #expect(try await ann.ask("search", content)["status"] == "error", "\(content)")
            }
        }
    }
}
