import Accounts
import Chat
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Settings
import Testing

@testable import ParleyApp

@Suite("The server by administrators") struct AdminServerTests {
    private func refusal(_ answer: Response) -> String {
        "\(answer.status.code) \(answer.json["error"]?["code"]?.stringValue ?? "-")"
    }

    /// An administrator who shows the password with each request.
    private func boss(_ harness: RouteHarness) async throws -> HTTPHeaders {
        var headers = try await harness.logIn("boss", as: .administrator)
        headers.add("Confirm-Password", "secret123")
        return headers
    }

    @Test func `every room is listed, with its size`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        let ann = try await harness.logIn("ann")
        _ = await harness.post("/api/v1/rooms", ["id": "club", "kind": "private", "name": "The Club"], ann)
        for _ in 0..<3 {
            _ = await harness.post(
                "/chat/room/message",
                ["user_id": "bob", "message": "hello", "password": .string(RouteHarness.password)])
        }
        let all = await harness.ask(.get, "/api/v1/admin/rooms", boss).json["rooms"]?.arrayValue ?? []
        #expect(all.map { $0["id"] } == ["club", "lobby", "room"])
        #expect(all[0]["owner"] == "ann" && all[0]["members"] == 1 && all[0]["messages"] == 0)
        let found = await harness.ask(.get, "/api/v1/admin/rooms?query=CLUB&kind=private", boss)
        #expect(found.json["rooms"]?.arrayValue?.count == 1 && found.json["next"] == "club")
        #expect(await harness.ask(.get, "/api/v1/admin/rooms?after=club&limit=1", boss).json["next"] == "lobby")
        #expect(refusal(await harness.ask(.get, "/api/v1/admin/rooms?kind=odd", boss)) == "422 invalid")
    }

    @Test func `rooms are cleared and deleted, but for the lobby and conversations`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        let ann = try await harness.logIn("ann")
        _ = try await harness.logIn("bob")
        let made = await harness.post("/api/v1/rooms", ["kind": "direct", "people": ["bob"]], ann)
        let direct = try #require(made.json["id"]?.stringValue)
        #expect(await harness.ask(.post, "/api/v1/admin/rooms/room/clear", boss).status == .noContent)
        #expect(await harness.ask(.delete, "/api/v1/admin/rooms/room", boss).status == .noContent)
        #expect(refusal(await harness.ask(.delete, "/api/v1/admin/rooms/room", boss)) == "404 not_found")
        #expect(await harness.ask(.delete, "/api/v1/admin/rooms/lobby", boss).status == .forbidden)
        #expect(await harness.ask(.delete, "/api/v1/admin/rooms/\(direct)", boss).status == .forbidden)
        let records = await harness.ask(.get, "/api/v1/admin/audit", boss).json["records"]?.arrayValue ?? []
        #expect(records.map { $0["action"] } == ["room.deleted", "room.cleared"])
    }

    @Test func `a message is removed for a reason, which is noted and not what it said`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        let message = try await harness.chat.post(
            "a canary", in: "room",
            by: Caller(.guest(name: "eve"), proof: Proof(password: RouteHarness.password)))
        let path = "/api/v1/admin/rooms/room/messages/\(MessageJSON.id(of: message.id))"
        #expect(refusal(await harness.ask(.delete, path, boss)) == "422 missing")
        let body = #"{"reason":"spam"}"#
        #expect(await harness.ask(.delete, path, boss, body: body).status == .noContent)
        let missing = await harness.ask(.delete, "/api/v1/admin/rooms/room/messages/999999", boss, body: body)
        #expect(refusal(missing) == "404 not_found")
        let audit = await harness.ask(.get, "/api/v1/admin/audit", boss)
        let records = audit.json["records"]?.arrayValue ?? []
        #expect(records.map { $0["action"] } == ["message.removed"])
        #expect(records[0]["reason"] == "spam" && records[0]["target"] == "room")
        #expect(!audit.line.contains("canary"))
    }

    @Test func `addresses of all rooms are listed, those that wait apart`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        for address in ["198.51.100.7", "198.51.100.8"] { _ = try await harness.token(from: address) }
        let first = await harness.ask(.get, "/api/v1/admin/addresses?limit=1", boss)
        #expect(first.json["addresses"]?[0]?["network"] == "198.51.100.7")
        #expect(first.json["addresses"]?[0]?["room"] == "room" && first.json["addresses"]?[0]?["waiting"] == false)
        let next = try #require(first.json["next"]?.stringValue).replacing("/", with: "%2F").replacing(" ", with: "%20")
        let second = await harness.ask(.get, "/api/v1/admin/addresses?limit=1&after=\(next)", boss)
        #expect(second.json["addresses"]?[0]?["network"] == "198.51.100.8")
        #expect(await harness.ask(.get, "/api/v1/admin/addresses?waiting=true", boss).json["addresses"] == .array([]))
        #expect(refusal(await harness.ask(.get, "/api/v1/admin/addresses?after=x", boss)) == "422 invalid")
    }

    @Test func `settings are shown with their sources, and secrets are not`() async throws {
        let harness = try await RouteHarness(["--network-rules", "77"])
        let boss = try await boss(harness)
        let answer = await harness.ask(.get, "/api/v1/admin/settings", boss)
        let settings = answer.json["settings"]?.arrayValue ?? []
        #expect(settings.count == AppSettings.catalog.settings.count)
        let rules = settings.first { $0["name"] == "access.network-rules" }
        #expect(rules?["source"] == "flag --network-rules" && rules?["value"] == "77" && rules?["secret"] == false)
    }

    @Test func `what the store keeps is counted`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        let storage = await harness.ask(.get, "/api/v1/admin/storage", boss).json
        #expect(storage["accounts"] == 1 && storage["rooms"] == 2 && storage["sessions"] == 1)
        #expect((storage["database_bytes"]?.integerValue ?? 0) > 4_096)
    }
}
