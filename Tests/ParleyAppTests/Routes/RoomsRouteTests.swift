import Accounts
import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

/// `/api/v1/rooms…` and what is beside it, as a person with an access token asks for it.
@Suite("Rooms over REST") struct RoomsRouteTests {
    private let routes: RouteHarness

    init() async throws {
        routes = try await RouteHarness([
            "--registrations-per-minute", "100", "--rooms-per-minute", "100",
        ])
    }

    private func logIn(_ name: String) async throws -> HTTPHeaders {
        let made = await routes.post(
            "/api/v1/auth/register", ["username": .string(name), "password": "secret123"])
        return ["Authorization": "Bearer \(try #require(made.json["access_token"]?.stringValue))"]
    }

    private func ask(
        _ method: HTTPMethod, _ path: String, _ who: HTTPHeaders, _ content: JSONValue? = nil
    ) async -> Response {
        let body = content.map { String(decoding: JSONPrinter.text(of: $0), as: UTF8.self) } ?? ""
        return await routes.ask(method, "/api/v1" + path, who, body: body)
    }

    /// A refusal: its status, code and field.
    private func refusal(_ answer: Response) -> String {
        let error = answer.json["error"]
        let field = error?["field"]?.stringValue.map { " \($0)" } ?? ""
        return "\(answer.status.code) \(error?["code"]?.stringValue ?? "-")\(field)"
    }

    @Test func `a room is made, shown, changed and deleted`() async throws {
        let ann = try await logIn("ann")
        let made = await ask(.post, "/rooms", ann, ["id": "club", "kind": "public", "name": "The Club"])
        #expect(made.status == .created)
        #expect(made.json["id"] == "club" && made.json["role"] == "owner" && made.json["members"] == 1)
        #expect(made.json["management"] == "people" && made.json["archived"] == false)
        #expect(await ask(.get, "/rooms/club", [:]).json["role"] == .null)
        let changed = await ask(
            .patch, "/rooms/club", ann, ["topic": "Tea", "slow_mode": 5, "kept_messages": 100, "archived": true])
        #expect(changed.status == .ok && changed.json["topic"] == "Tea" && changed.json["slow_mode"] == 5)
        let shown = await ask(.get, "/rooms/club", ann)
        #expect(shown.json["kept_messages"] == 100 && shown.json["archived"] == true)
        #expect(shown.headers.first("cache-control") == "no-store")
        _ = await ask(.patch, "/rooms/club", ann, ["kept_messages": .null, "archived": false])
        #expect(await ask(.get, "/rooms/club", ann).json["kept_messages"] == .null)
        #expect(await ask(.delete, "/rooms/club", ann).status == .noContent)
        #expect(refusal(await ask(.get, "/rooms/club", ann)) == "401 access_denied")
    }

    @Test func `lists have what one may see, and where the next page begins`() async throws {
        let (ann, bob) = (try await logIn("ann"), try await logIn("bob"))
        for (id, kind) in [("a", "public"), ("b", "private"), ("c", "public")] {
            _ = await ask(.post, "/rooms", ann, ["id": .string(id), "kind": .string(kind)])
        }
        let all = await ask(.get, "/rooms?limit=2", bob).json
        #expect(all["rooms"]?[0]?["id"] == "a" && all["rooms"]?[1]?["id"] == "c" && all["next"] == "c")
        #expect(await ask(.get, "/rooms?after=c", bob).json["rooms"]?[0]?["id"] == "lobby")
        #expect(await ask(.get, "/rooms?after=lobby", bob).json == ["rooms": [], "next": .null])
        let own = await ask(.get, "/me/rooms", ann).json["rooms"]
        #expect((0..<3).map { own?[$0]?["id"] } == ["a", "b", "c"])
        #expect(await ask(.get, "/me/rooms", bob).json["rooms"] == [])
        #expect(refusal(await ask(.get, "/me/rooms", [:])) == "401 not_logged_in")
        #expect(refusal(await ask(.get, "/rooms?limit=x", bob)) == "422 invalid limit")
    }

    @Test func `each refusal has its status, its code and the member that was wrong`() async throws {
        let ann = try await logIn("ann")
        _ = await ask(.post, "/rooms", ann, ["id": "club"])
        let cases: [(HTTPMethod, String, JSONValue, String)] = [
            (.post, "/rooms", ["id": "club"], "409 taken id"),
            (.post, "/rooms", ["id": "create"], "422 invalid id"),
            (.post, "/rooms", ["kind": "open"], "422 invalid kind"),
            (.post, "/rooms", ["kind": "password", "id": "x"], "422 invalid password"),
            (.post, "/rooms", ["kind": "direct", "people": ["nobody"]], "404 not_found user"),
            (.post, "/rooms", ["kind": "direct", "people": []], "422 invalid people"),
            (.patch, "/rooms/club", ["slow_mode": "often"], "422 invalid slow_mode"),
            (.patch, "/rooms/club", ["slow_mode": 99_999], "422 invalid slow_mode"),
            (.patch, "/rooms/club", ["name": 5], "422 invalid name"),
            (.patch, "/rooms/club", ["archived": "yes"], "422 invalid archived"),
            (.patch, "/rooms/club", ["address_rule": "maybe"], "422 invalid address_rule"),
            (.patch, "/rooms/missing", ["topic": "x"], "401 access_denied"),
            (.put, "/rooms/club/members/ann", ["role": "king"], "422 invalid role"),
            (.put, "/rooms/club/members/nobody", ["role": "member"], "404 not_found"),
            (.post, "/rooms/club/bans", [:], "422 missing user"),
            (.post, "/rooms/club/bans", ["user": "x", "seconds": 0], "422 invalid seconds"),
            (.delete, "/rooms/club/bans/x", [:], "404 not_found"),
            (.post, "/rooms/club/invitations", ["uses": 0], "422 invalid seconds"),
            (.post, "/rooms/club/addresses", ["network": "here"], "422 invalid network"),
            (.delete, "/rooms/club/addresses?network=10.0.0.1", [:], "404 not_found"),
            (.get, "/invitations/none", [:], "404 not_found"),
            (.delete, "/me/rooms/club", [:], "409 owner_stays"),
        ]
        for (method, path, content, expected) in cases {
            let answer = await ask(method, path, ann, content)
            #expect(refusal(answer) == expected, "\(method) \(path)")
        }
    }

    @Test func `members are named, given roles, kicked and banned`() async throws {
        let (ann, bob) = (try await logIn("ann"), try await logIn("bob"))
        _ = await ask(.post, "/rooms", ann, ["id": "club", "kind": "password", "password": "let me in"])
        #expect(refusal(await ask(.post, "/rooms/club/join", bob)) == "401 access_denied")
        #expect(await ask(.post, "/rooms/club/join", bob, ["password": "let me in"]).json["role"] == "member")
        #expect(await ask(.put, "/rooms/club/members/bob", ann, ["role": "moderator"]).status == .noContent)
        let members = await ask(.get, "/rooms/club/members", bob).json["members"]
        #expect(members?[0]?["user"] == "ann" && members?[1]?["role"] == "moderator")
        #expect(refusal(await ask(.delete, "/rooms/club/members/ann", bob)) == "403 outranked")
        #expect(await ask(.delete, "/rooms/club/members/bob?reason=noise", ann).status == .noContent)
        #expect(refusal(await ask(.get, "/rooms/club", bob)) == "401 access_denied")
        let ban = await ask(.post, "/rooms/club/bans", ann, ["user": "bob", "seconds": 60, "reason": "again"])
        #expect(ban.status == .created && ban.json["until"] != .null && ban.json["by"] == "ann")
        let back = await ask(.post, "/rooms/club/join", bob, ["password": "let me in"])
        #expect(refusal(back) == "403 banned")
        #expect(await ask(.get, "/rooms/club/bans", ann).json["bans"]?[0]?["reason"] == "again")
        #expect(await ask(.delete, "/rooms/club/bans/bob", ann).status == .noContent)
        #expect(await ask(.post, "/rooms/club/join", bob, ["password": "let me in"]).status == .ok)
        #expect(await ask(.post, "/rooms/club/transfer", ann, ["user": "bob"]).status == .noContent)
        #expect(await ask(.delete, "/me/rooms/club", ann).status == .noContent)
        #expect(await ask(.put, "/rooms/club/password", bob, ["password": "another"]).status == .noContent)
        #expect(refusal(await ask(.post, "/rooms/club/join", ann, ["password": "let me in"])) == "401 access_denied")
    }

    @Test func `an invitation leads into a private room`() async throws {
        let (ann, bob) = (try await logIn("ann"), try await logIn("bob"))
        _ = await ask(.post, "/rooms", ann, ["id": "den", "kind": "private", "name": "The Den"])
        let made = await ask(.post, "/rooms/den/invitations", ann, ["seconds": 3600, "uses": 2])
        let token = try #require(made.json["token"]?.stringValue)
        #expect(made.status == .created && made.json["uses_left"] == 2)
        #expect(await ask(.get, "/invitations/\(token)", [:]).json["name"] == "The Den")
        #expect(await ask(.post, "/invitations/\(token)", bob).json["room"] == "den")
        #expect(await ask(.get, "/rooms/den", bob).json["role"] == "member")
        let guest = await ask(.post, "/invitations/\(token)", [:], ["user_id": "eve"])
        let pass = try #require(guest.json["guest_token"]?.stringValue)
        #expect(await routes.ask(.get, "/chat/den/messages?user_id=eve&guest_token=\(pass)").status == .ok)
        #expect(await routes.ask(.get, "/chat/den/messages?user_id=mal&guest_token=\(pass)").status == .unauthorized)
        #expect(refusal(await ask(.post, "/invitations/\(token)", [:], ["user_id": "mal"])) == "404 not_found")
        let list = await ask(.get, "/rooms/den/invitations", ann)
        #expect(list.json["invitations"] == [])
        #expect(!String(decoding: list.content, as: UTF8.self).contains(token))
    }

    @Test func `addresses are let in, listed and taken back`() async throws {
        let ann = try await logIn("ann")
        _ = await ask(.post, "/rooms", ann, ["id": "club", "kind": "password", "password": "let me in"])
        let made = await ask(.post, "/rooms/club/addresses", ann, ["network": "203.0.113.0/24", "seconds": 600])
        #expect(made.status == .created && made.json["network"] == "203.0.113.0/24" && made.json["by"] == "ann")
        #expect(await routes.ask(.get, "/chat/club/messages", from: "203.0.113.9").status == .ok)
        #expect(await routes.ask(.get, "/chat/club/messages", from: "203.0.114.9").status == .unauthorized)
        #expect(await ask(.get, "/rooms/club/addresses", ann).json["verified"]?[0]?["network"] == "203.0.113.0/24")
        #expect(await ask(.delete, "/rooms/club/addresses?network=203.0.113.0/24", ann).status == .noContent)
        #expect(await routes.ask(.get, "/chat/club/messages", from: "203.0.113.9").status == .unauthorized)
    }
}
