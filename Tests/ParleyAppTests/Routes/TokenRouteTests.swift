import Accounts
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite struct TokenRouteTests {
    private static let tokens = "/api/v1/me/tokens"

    private func refusal(_ answer: Response) -> String {
        "\(answer.status.code) \(answer.json["error"]?["code"]?.stringValue ?? "-")"
    }

    /// What shows a token of these scopes, of an account that is logged in.
    private func token(
        _ harness: RouteHarness, _ logIn: HTTPHeaders, _ scopes: Scope..., at path: String = tokens
    ) async throws -> HTTPHeaders {
        let content: JSONValue = [
            "name": "test", "scopes": .array(scopes.map { .string($0.rawValue) }), "seconds": 600,
        ]
        let made = await harness.post(path, content, logIn)
        try #require(made.status == .created, "\(made.json)")
        return ["Authorization": "Bearer \(try #require(made.json["token"]?.stringValue))"]
    }

    @Test func `a token is told once, listed without its text, and revoked`() async throws {
        let harness = try await RouteHarness()
        let ann = try await harness.logIn("ann")
        let made = await harness.post(Self.tokens, ["name": "ci", "scopes": ["rooms:read"]], ann)
        #expect(made.status == .created && made.headers.first("cache-control") == "no-store")
        let text = try #require(made.json["token"]?.stringValue)
        #expect(text.hasPrefix("parley_") && made.json["expires_at"] == .null)
        let listed = try #require(await harness.ask(.get, Self.tokens, ann).json["tokens"]?[0])
        #expect(listed["name"] == "ci" && listed["scopes"] == ["rooms:read"] && listed["token"] == nil)
        let id = try #require(listed["id"]?.stringValue)
        let shown: HTTPHeaders = ["Authorization": "Bearer \(text)"]
        #expect(await harness.ask(.get, "/api/v1/me", shown).json["username"] == "ann")
        #expect(await harness.ask(.delete, "\(Self.tokens)/\(id)", ann).status == .noContent)
        #expect(refusal(await harness.ask(.delete, "\(Self.tokens)/\(id)", ann)) == "404 not_found")
        #expect(refusal(await harness.ask(.get, "/api/v1/me", shown)) == "401 not_logged_in")
    }

    @Test(arguments: [
        (#"{"name":"ci"}"#, "422 invalid"), (#"{"name":"ci","scopes":[]}"#, "422 invalid"),
        (#"{"name":"ci","scopes":["everything"]}"#, "422 invalid"), (#"{"scopes":["rooms:read"]}"#, "422 missing"),
        (#"{"name":"ci","scopes":["admin"]}"#, "403 scope_forbidden"),
        (#"{"name":"ci","scopes":["rooms:read"],"seconds":59}"#, "422 invalid"),
    ])
    func `a token that cannot be is refused`(body: String, expected: String) async throws {
        let harness = try await RouteHarness()
        let ann = try await harness.logIn("ann")
        #expect(refusal(await harness.ask(.post, Self.tokens, ann, body: body)) == expected)
    }

    @Test func `what a token lacks the scope for is refused by its name, and the rest goes`() async throws {
        let harness = try await RouteHarness()
        let ann = try await harness.logIn("ann")
        #expect(await harness.post("/api/v1/rooms", ["id": "club", "kind": "public"], ann).status == .created)
        let room = "/api/v1/rooms/club"
        let cases: [(HTTPMethod, String, String, Scope)] = [
            (.get, "/api/v1/rooms", "", .readRooms), (.get, room, "", .readRooms),
            (.get, "\(room)/members", "", .readRooms), (.get, "/api/v1/me/rooms", "", .readRooms),
            (.post, "\(room)/join", "{}", .writeRooms),
            (.get, "\(room)/messages", "", .readMessages), (.get, "\(room)/search?q=a", "", .readMessages),
            (.get, "/api/v1/search?q=a", "", .readMessages), (.get, "/api/v1/me/unread", "", .readMessages),
            (.get, "/chat/club/messages", "", .readMessages), (.get, "\(room)/pins", "", .readMessages),
            (.post, "\(room)/messages", #"{"message":"x"}"#, .writeMessages),
            (.post, "/chat/club", #"{"message":"x"}"#, .writeMessages),
            (.get, "\(room)/files", "", .readFiles), (.get, "/chat/club/files", "", .readFiles),
            (.post, "\(room)/files?name=a.txt", "hello", .writeFiles),
            (.patch, room, #"{"topic":"x"}"#, .moderate), (.get, "\(room)/bans", "", .moderate),
            (.get, "\(room)/invitations", "", .moderate), (.get, "\(room)/webhooks", "", .moderate),
            (.post, "/chat/club/clear", "{}", .moderate),
        ]
        for (method, path, body, scope) in cases {
            let with = try await token(harness, ann, scope)
            let answer = await harness.ask(method, path, with, body: body)
            #expect(answer.status.code < 300, "\(method) \(path): \(answer.json)")
            let others = Scope.allCases.filter { $0 != scope && $0 != .admin }
            let content: JSONValue = ["name": "o", "scopes": .array(others.map { .string($0.rawValue) })]
            let made = await harness.post(Self.tokens, content, ann)
            let without: HTTPHeaders = ["Authorization": "Bearer \(made.json["token"]?.stringValue ?? "")"]
            let refused = await harness.ask(method, path, without, body: body)
            #expect(refused.status == .forbidden, "\(method) \(path)")
            #expect(
                String(decoding: refused.content, as: UTF8.self).contains("the scope \(scope.rawValue)"),
                "\(method) \(path)")
            for header in [made] {
                let id = header.json["id"]?.stringValue ?? ""
                #expect(await harness.ask(.delete, "\(Self.tokens)/\(id)", ann).status == .noContent)
            }
        }
    }

    @Test func `no token does what asks for a log-in`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        let content: JSONValue = [
            "name": "all", "scopes": .array(Scope.allCases.map { .string($0.rawValue) }),
        ]
        let text = await harness.post(Self.tokens, content, boss).json["token"]?.stringValue ?? ""
        let all: HTTPHeaders = ["Authorization": "Bearer \(text)"]
        for (method, path, body) in [
            (.get, Self.tokens, ""), (.post, Self.tokens, #"{"name":"x","scopes":["admin"]}"#),
            (.patch, "/api/v1/me", #"{"display_name":"x"}"#), (.delete, "/api/v1/me", #"{"password":"secret123"}"#),
            (.get, "/api/v1/me/sessions", ""), (.delete, "/api/v1/me/sessions", ""), (.get, "/api/v1/me/export", ""),
            (.post, "/api/v1/auth/logout", ""), (.post, "/api/v1/bots", #"{"username":"x"}"#),
            (.get, "/api/v1/bots", ""),
        ] as [(HTTPMethod, String, String)] {
            #expect(
                refusal(await harness.ask(method, path, all, body: body)) == "403 login_needed", "\(method) \(path)")
        }
        #expect(await harness.ask(.get, "/api/v1/admin/users", all).status == .ok)
        let less = try await token(harness, boss, .moderate)
        #expect(refusal(await harness.ask(.get, "/api/v1/admin/users", less)) == "403 scope_missing")
    }

    @Test func `a token reads nothing that its account cannot`() async throws {
        let harness = try await RouteHarness()
        let (ann, bob) = (try await harness.logIn("ann"), try await harness.logIn("bob"))
        #expect(await harness.post("/api/v1/rooms", ["id": "den", "kind": "private"], ann).status == .created)
        let shown = try await token(harness, bob, .readRooms, .readMessages, .readFiles, .moderate, .writeMessages)
        for path in ["", "/messages", "/members", "/files", "/bans", "/webhooks", "/search?q=a"] {
            let answer = await harness.ask(.get, "/api/v1/rooms/den\(path)", shown)
            #expect(answer.status == .unauthorized, "\(path): \(answer.json)")
            let missing = await harness.ask(.get, "/api/v1/rooms/nowhere\(path)", shown)
            #expect(answer.json == missing.json, "\(path)")
        }
    }

    @Test func `a bot is made by an owner for a room, or by an administrator, and is shown as one`() async throws {
        let harness = try await RouteHarness()
        let (ann, bob) = (try await harness.logIn("ann"), try await harness.logIn("bob"))
        let boss = try await harness.logIn("boss", as: .administrator)
        #expect(await harness.post("/api/v1/rooms", ["id": "den", "kind": "private"], ann).status == .created)
        #expect(refusal(await harness.post("/api/v1/bots", ["username": "helper"], ann)) == "403 administrator_needed")
        let path = "/api/v1/rooms/den/bots"
        #expect(await harness.post(path, ["username": "helper"], bob).status == .unauthorized)
        let made = await harness.post(path, ["username": "helper"], ann)
        #expect(made.status == .created && made.json["bot"] == true)
        #expect(await harness.post("/api/v1/bots", ["username": "janitor"], boss).json["bot"] == true)
        let shown = try await token(
            harness, ann, .readMessages, .writeMessages, at: "/api/v1/bots/helper/tokens")
        let said = await harness.post("/api/v1/rooms/den/messages", ["message": "beep"], shown)
        #expect(said.status == .created && said.json["bot"] == true && said.json["user_id"] == "helper")
        let human = await harness.post("/api/v1/rooms/den/messages", ["message": "hi"], ann)
        #expect(human.json["bot"] == nil)
        let members = await harness.ask(.get, "/api/v1/rooms/den/members", ann).json["members"]?.arrayValue ?? []
        #expect(members.map { $0["bot"] } == [false, true])
        #expect(await harness.ask(.get, "/api/v1/bots", ann).json["bots"]?.arrayValue?.count == 1)
        #expect(await harness.ask(.get, "/api/v1/bots", boss).json["bots"]?.arrayValue?.count == 2)
        #expect(refusal(await harness.ask(.get, "/api/v1/bots/helper/tokens", bob)) == "404 not_found")
        var confirmed = boss
        confirmed.add("Confirm-Password", "secret123")
        let link = await harness.post("/api/v1/admin/users/helper/sign-in-link", [:], confirmed)
        #expect(refusal(link) == "409 bot")
        #expect(await harness.ask(.delete, "/api/v1/bots/helper", ann).status == .noContent)
        #expect(await harness.ask(.get, "/api/v1/me", shown).status == .unauthorized)
    }
}
