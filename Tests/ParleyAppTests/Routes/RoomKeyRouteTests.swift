import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

/// The paths of the Socket.IO dialect that take a room's password, JSON and forms alike.
@Suite("What a room's password does over REST") struct RoomKeyRouteTests {
    private let routes: RouteHarness

    init() async throws { routes = try await RouteHarness() }

    private static let password = JSONValue.string(RouteHarness.password)

    @Test func `an address is verified by hand and enters without the password`() async throws {
        for (path, content) in [
            ("/admin/verify_ip", ["room_id": "room", "ip": "1.1.1.1", "password": Self.password] as JSONValue),
            ("/room/room/verify_ip", ["ip": "1.1.1.2", "password": Self.password]),
        ] {
            let address = try #require(content["ip"]?.stringValue)
            let answer = await routes.post(path, content)
            #expect(answer.json == ["success": true, "message": .string("IP \(address) verified for room room!")])
            #expect(await routes.ask(.get, "/chat/room/messages", from: address).status == .ok)
        }
        let form = await routes.post("/admin/verify_ip", form: "room_id=room&ip=1.1.1.3&password=correct+horse")
        #expect(form.json["message"] == "IP 1.1.1.3 verified for room room!")
    }

    @Test func `a chat is cleared and a room deleted, by form or JSON`() async throws {
        _ = await routes.post("/chat/room", ["message": "one", "password": Self.password])
        let cleared = await routes.post("/admin/clear_chat", form: "room_id=room&password=correct+horse")
        #expect(cleared.json == ["success": true, "message": "Chat cleared successfully!"])
        let target = "/chat/room/messages?password=correct%20horse"
        #expect(await routes.ask(.get, target).json == [])
        let deleted = await routes.post("/admin/delete_room", ["room_id": "room", "password": Self.password])
        #expect(deleted.json == ["success": true, "message": "Room room deleted!"])
        #expect(await routes.ask(.get, target).status == .unauthorized)
    }

    @Test(arguments: ["/admin/verify_ip", "/admin/clear_chat", "/admin/delete_room"])
    func `a wrong password, no password and a missing room are all unauthorized`(path: String) async throws {
        let cases: [JSONValue] = [
            ["room_id": "room", "ip": "1.1.1.1", "password": "wrong"],
            ["room_id": "missing", "ip": "1.1.1.1", "password": "any"],
            ["room_id": "missing", "ip": "1.1.1.1", "password": .null],
            ["room_id": "missing", "ip": "1.1.1.1"],
            ["room_id": "room", "ip": "1.1.1.1", "password": ["a": "b"]],
        ]
        for content in cases {
            let answer = await routes.post(path, content)
            let isMissing = path == "/admin/verify_ip" && content["password"]?.stringValue == nil
            #expect(answer.status == (isMissing ? .badRequest : .unauthorized), "\(path) \(content)")
            #expect(answer.json["error"] == (isMissing ? "All fields are required!" : "Unauthorized access!"))
        }
        #expect(await routes.ask(.get, "/chat/room/messages?password=correct%20horse").status == .ok)
        #expect(await routes.ask(.get, "/chat/room/messages", from: "1.1.1.1").status == .unauthorized)
    }

    @Test func `the password of a room's own path is told by its own sentence`() async throws {
        let wrong = await routes.post("/room/room/verify_ip", ["ip": "1.1.1.1", "password": "wrong"])
        #expect(wrong.line == Response.refusal(401, "Invalid password!"))
        let nonsense = await routes.post("/room/room/verify_ip", ["ip": "nowhere", "password": Self.password])
        #expect(nonsense.status == .badRequest)
        let missing = await routes.post("/room/room/verify_ip", ["ip": "1.1.1.1"])
        #expect(missing.line == Response.refusal(400, "All fields are required!"))
    }

    @Test func `a token is given for the password, and says which room it opens`() async throws {
        let given = await routes.post("/auth/token", ["room_id": "room", "password": Self.password])
        #expect(given.json["success"] == true && given.json["expires_in"] == 3600)
        let token = try #require(given.json["token"])
        #expect(await routes.post("/auth/verify_token", ["token": token]).json == ["success": true, "room_id": "room"])
        for room in ["room", "missing"] {
            let answer = await routes.post("/auth/token", ["room_id": .string(room), "password": "wrong"])
            #expect(answer.line == Response.refusal(401, "Invalid password!"))
        }
        #expect(await routes.post("/auth/verify_token", ["token": "x.y.z"]).status == .unauthorized)
        #expect(await routes.post("/auth/verify_token", [:]).status == .badRequest)
    }

    @Test func `the lobby is nobody's to clear or delete by a password`() async throws {
        for path in ["/admin/clear_chat", "/admin/delete_room"] {
            let answer = await routes.post(path, ["room_id": "lobby", "password": "any"])
            #expect(answer.status == .forbidden, "\(path)")
        }
    }
}
