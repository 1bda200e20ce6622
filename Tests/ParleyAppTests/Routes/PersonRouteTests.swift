import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import Chat
@testable import ParleyApp

@Suite("Profiles and presence over REST") struct PersonRouteTests {
    private let routes: RouteHarness

    init() async throws { routes = try await RouteHarness() }

    private func ask(_ method: HTTPMethod, _ path: String, _ content: JSONValue, from address: String = "192.0.2.1")
        async
        -> Response
    {
        await routes.ask(
            method, path, body: String(decoding: JSONPrinter.text(of: content), as: UTF8.self), from: address)
    }

    @Test func `a profile is made, shown, and changed from where it was made`() async throws {
        let made = await ask(.post, "/user/profile", ["user_id": "u1", "username": "Ann Lee", "avatar": "🦊"])
        #expect(made.json == ["success": true, "message": "Profile created successfully!"])
        let shown = await routes.ask(.get, "/user/profile/u1")
        #expect(shown.json == ["username": "Ann Lee", "avatar": "🦊", "created_at": 1_704_067_200])
        routes.clock.advance(by: .seconds(5))
        let changed = await ask(.put, "/user/profile/u1", ["username": "Ann", "avatar": "https://example.org/a.png"])
        #expect(changed.json["message"] == "Profile updated successfully!")
        let again = await routes.ask(.get, "/user/profile/u1")
        #expect(again.json["username"] == "Ann" && again.json["created_at"] == 1_704_067_200)
        for name in ["u1", "U1"] {
            let foreign = await ask(
                .post, "/user/profile", ["user_id": .string(name), "username": "x"], from: "192.0.2.2")
            #expect(foreign.status == .unauthorized, "\(name)")
        }
        #expect(await routes.ask(.get, "/user/profile/nobody").line == Response.refusal(404, "Profile not found!"))
    }

    @Test func `a profile needs a name, and takes no avatar that a browser would run`() async throws {
        for content in [["user_id": "u1"], ["username": "x"], [:]] as [JSONValue] {
            #expect(
                await ask(.post, "/user/profile", content).line
                    == Response.refusal(400, "User ID and username are required!"))
        }
        for avatar in [
            "javascript:alert(1)", "data:text/html,x", "JAVASCRIPT:x", " https://x", "vbscript:x",
            "//evil.example/a.png", "\\\\evil",
            String(repeating: "a", count: 501),
        ] {
            let answer = await ask(
                .post, "/user/profile", ["user_id": "u1", "username": "x", "avatar": .string(avatar)])
            #expect(answer.status == .badRequest, "\(avatar)")
        }
        let longest = await ask(
            .post, "/user/profile",
            ["user_id": "u1", "username": "x", "avatar": .string(String(repeating: "a", count: 500))])
        #expect(longest.status == .ok)
    }

    @Test func `an account's profile is the account's`() async throws {
        let made = await routes.post("/api/v1/auth/register", ["username": "bob", "password": "secret123"])
        let token = try #require(made.json["access_token"])
        _ = await ask(.post, "/user/profile", ["user_id": "zed", "username": "Official Admin"])
        _ = await routes.post("/api/v1/auth/register", ["username": "zed", "password": "secret123"])
        #expect(await routes.ask(.get, "/user/profile/zed").json["username"] == "zed")
        let foreign = await ask(.post, "/user/profile", ["user_id": "bob", "username": "Eve"])
        #expect(foreign.status == .unauthorized)
        let own = await ask(.post, "/user/profile", ["user_id": "bob", "username": "Bob B.", "token": token])
        #expect(own.status == .ok)
        #expect(await routes.ask(.get, "/user/profile/bob").json["username"] == "Bob B.")
        let other = await ask(.post, "/user/profile", ["user_id": "ann", "username": "Bob", "token": token])
        #expect(other.status == .unauthorized)
    }

    @Test func `who is in a room says how they can be reached, and nobody else for them`() async throws {
        let proof = Proof(password: RouteHarness.password, address: IPAddress("192.0.2.1"))
        let joined = try await routes.chat.join(
            JoinRequest(room: "room", caller: Caller(.guest(name: "ann"), proof: proof), connection: "1"))
        _ = await ask(.post, "/user/profile", ["user_id": "ann", "username": "Ann Lee", "avatar": "🦊"])
        let people = "/user/presence?room_id=room&password=correct%20horse"
        let before = await routes.ask(.get, people).json
        #expect(before["online_count"] == 1 && before["users"]?["ann"]?["status"] == "online")
        #expect(before["users"]?["ann"]?["username"] == "Ann Lee" && before["users"]?["ann"]?["avatar"] == "🦊")
        #expect(await ask(.post, "/user/presence/ann", ["status": "busy"], from: "192.0.2.9").status == .notFound)
        let set = await ask(.post, "/user/presence/ann", ["status": "busy"])
        #expect(set.json == ["success": true, "user_id": "ann", "status": "busy"])
        #expect(await routes.ask(.get, people).json["users"]?["ann"]?["status"] == "busy")
        _ = await ask(.post, "/user/presence/ann", ["status": "offline"])
        #expect(await routes.ask(.get, people).json == ["room_id": "room", "online_count": 0, "users": [:]])
        #expect(await ask(.post, "/user/presence/ann", ["status": "gone"]).status == .badRequest)
        #expect(await routes.ask(.get, "/user/presence?room_id=room", from: "192.0.2.7").status == .unauthorized)
        #expect(await routes.ask(.get, "/user/presence").status == .badRequest)
        _ = routes.chat.leave(joined.membership)
        #expect(await ask(.post, "/user/presence/ann", ["status": "busy"]).status == .notFound)
    }
}
