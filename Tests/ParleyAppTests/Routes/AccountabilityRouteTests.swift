import Accounts
import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

/// That the audit log has what is done over REST, by the paths of rooms and those of the Socket.IO dialect.
@Suite("Accountability over REST") struct AccountabilityRouteTests {
    private let routes: RouteHarness
    private let boss, ann: HTTPHeaders

    init() async throws {
        routes = try await RouteHarness(["--rooms-per-minute", "100"])
        boss = try await routes.logIn("boss", as: .administrator)
        ann = try await routes.logIn("ann")
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ who: HTTPHeaders, _ content: JSONValue? = nil
    ) async -> Response {
        let body = content.map { String(decoding: JSONPrinter.text(of: $0), as: UTF8.self) } ?? ""
        return await routes.ask(method, "/api/v1" + path, who, body: body)
    }

    /// The entries of the audit log, oldest first.
    private func entries() async -> [JSONValue] {
        await ask(.get, "/admin/audit", boss).json["records"]?.arrayValue?.reversed() ?? []
    }

    @Test func `what a room's owner does is noted with the account and the address`() async throws {
        #expect(await ask(.post, "/rooms", ann, ["id": "club", "kind": "public"]).status == .created)
        #expect(await ask(.patch, "/rooms/club", ann, ["slow_mode": 5]).status == .ok)
        let wrong = await ask(.post, "/rooms/club/bans", ann, ["user": "eve", "remove_messages": "all"])
        #expect(wrong.json["error"]?["field"] == "remove_messages")
        let ban: JSONValue = ["user": "eve", "remove_messages": true, "reason": "spam"]
        #expect(await ask(.post, "/rooms/club/bans", ann, ban).status == .created)
        #expect(await ask(.delete, "/rooms/club/bans/eve", ann).status == .noContent)
        #expect(await ask(.post, "/rooms/club/addresses", ann, ["network": "192.0.2.7"]).status == .created)
        #expect(await ask(.delete, "/rooms/club", ann).status == .noContent)
        let entries = await entries()
        #expect(
            entries.map { $0["action"] } == [
                "room.configured", "member.banned", "member.unbanned", "address.admitted", "room.deleted",
            ])
        let account = await ask(.get, "/me", ann).json["id"]
        for entry in entries {
            #expect(entry["actor"] == account && entry["address"] == "192.0.2.1" && entry["target"] == "club")
            #expect(entry["details"]?["via"] == "api")
        }
        #expect(entries[1]["details"]?["remove_messages"] == "3600" && entries[1]["reason"] == "spam")
    }

    @Test func `what is done with a room's password is noted, too`() async throws {
        let password = JSONValue.string(RouteHarness.password)
        let room: JSONValue = ["room_id": "room", "password": password]
        let verify: JSONValue = ["room_id": "room", "password": password, "ip": "192.0.2.8"]
        for (path, content) in [
            ("/admin/verify_ip", verify), ("/room/room/verify_ip", verify), ("/admin/clear_chat", room),
            ("/admin/delete_room", room),
        ] {
            #expect(await routes.post(path, content, from: "198.51.100.1").status == .ok, "\(path)")
        }
        let entries = await entries()
        #expect(
            entries.map { $0["action"] } == [
                "address.admitted", "address.admitted", "room.cleared", "room.deleted",
            ])
        for entry in entries {
            #expect(entry["actor"] == .null && entry["address"] == "198.51.100.1")
            #expect(entry["details"]?["shown"] == "password")
        }
    }

    @Test func `one changes one's own user name, and the old one stays reserved`() async throws {
        let renamed = await ask(.patch, "/me", ann, ["username": "anna", "display_name": "Anna"])
        #expect(renamed.json["username"] == "anna" && renamed.json["display_name"] == "Anna")
        #expect(await ask(.get, "/me", ann).json["username"] == "anna")
        #expect(await ask(.patch, "/me", ann, [:]).status == .unprocessableContent)
        let taken = await ask(.patch, "/me", boss, ["username": "ANN"])
        #expect(taken.status == .conflict && taken.json["error"]?["field"] == "username")
        for name in ["anne", "annie"] {
            #expect(await ask(.patch, "/me", ann, ["username": .string(name)]).status == .ok)
        }
        let often = await ask(.patch, "/me", ann, ["username": "annette"])
        #expect(often.status == .tooManyRequests && often.headers.first("retry-after") == "7776000")
        #expect(await entries().isEmpty)
    }
}
