import Bytes
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("Accounts over REST") struct AccountRouteTests {
    private static let ann: JSONValue = ["username": "ann", "password": "secret123"]

    private func bearer(_ answer: Response) throws -> HTTPHeaders {
        ["Authorization": "Bearer \(try #require(answer.json["access_token"]?.stringValue))"]
    }

    /// A refusal of the native API: its status, code and field.
    private func refusal(_ answer: Response) -> String {
        let error = answer.json["error"]
        let field = error?["field"]?.stringValue.map { " \($0)" } ?? ""
        return "\(answer.status.code) \(error?["code"]?.stringValue ?? "-")\(field)"
    }

    @Test func `who registers is logged in, and everything about it can be asked`() async throws {
        let harness = try await RouteHarness()
        let made = await harness.post(
            "/api/v1/auth/register",
            ["username": "Ann", "password": "secret123", "display_name": "Ann Lee", "email": "ann@example.org"],
            ["User-Agent": "Test/1"])
        #expect(made.status == .created && made.headers.first("cache-control") == "no-store")
        #expect(made.json["token_type"] == "Bearer" && made.json["expires_in"] == 900)
        let me = await harness.ask(.get, "/api/v1/me", try bearer(made))
        #expect(me.json == made.json["user"])
        #expect(me.json["username"] == "Ann" && me.json["display_name"] == "Ann Lee")
        #expect(me.json["email"] == "ann@example.org" && me.json["role"] == "member")
        #expect(me.json["created_at"] == "2024-01-01T00:00:00.000Z")
        let sessions = await harness.ask(.get, "/api/v1/me/sessions", try bearer(made)).json["sessions"]
        #expect(sessions?[0]?["device"] == "Test/1" && sessions?[0]?["address"] == "192.0.2.1")
        #expect(sessions?[0]?["is_current"] == true && sessions?[1] == nil)
        let export = await harness.ask(.get, "/api/v1/me/export", try bearer(made))
        #expect(export.json["account"] == me.json && export.json["sessions"] == sessions)
    }

    @Test func `each refusal has its status, its code and the member that was wrong`() async throws {
        let harness = try await RouteHarness(["--registrations-per-minute", "100", "--logins-per-minute", "100"])
        _ = await harness.post("/api/v1/auth/register", Self.ann)
        let cases: [(String, JSONValue, String)] = [
            ("register", ["password": "secret123"], "422 missing username"),
            ("register", ["username": "bob"], "422 missing password"),
            ("register", ["username": "b b", "password": "secret123"], "422 invalid username"),
            ("register", ["username": "admin", "password": "secret123"], "422 reserved username"),
            ("register", ["username": "аnn", "password": "secret123"], "409 taken username"),
            ("register", ["username": "bob", "password": "short"], "422 invalid password"),
            ("register", ["username": "bob", "password": "secret123", "email": "x"], "422 invalid email"),
            ("login", ["username": "ann", "password": "wrong-one"], "401 wrong_credentials"),
            ("login", ["username": "nobody", "password": "secret123"], "401 wrong_credentials"),
            ("login", ["username": ["$ne": ""], "password": "secret123"], "422 missing username"),
            ("refresh", ["refresh_token": "x"], "401 not_logged_in"),
            ("refresh", [:], "422 missing refresh_token"),
            ("logout", [:], "401 not_logged_in"),
        ]
        for (path, body, expected) in cases {
            let answer = await harness.post("/api/v1/auth/\(path)", body)
            #expect(refusal(answer) == expected, "\(path) \(body)")
            #expect(answer.headers.first("www-authenticate") == (answer.status == .unauthorized ? "Bearer" : nil))
        }
    }

    @Test func `nothing about an account is told without its token`() async throws {
        let harness = try await RouteHarness()
        let paths: [(HTTPMethod, String)] = [
            (.get, ""), (.patch, ""), (.delete, ""), (.put, "/password"), (.get, "/sessions"), (.delete, "/sessions"),
            (.delete, "/sessions/00000000-0000-4000-8000-000000000000"), (.get, "/export"),
        ]
        let room = try await harness.token()
        for (method, path) in paths {
            for headers: HTTPHeaders in [[:], ["Authorization": "Bearer x"], ["Authorization": "Bearer \(room)"]] {
                #expect(refusal(await harness.ask(method, "/api/v1/me\(path)", headers)) == "401 not_logged_in")
            }
        }
    }

    @Test func `a refresh gives a new token, and the old refresh token is caught`() async throws {
        let harness = try await RouteHarness()
        let made = await harness.post("/api/v1/auth/register", Self.ann)
        harness.clock.advance(by: .seconds(1000))
        #expect(refusal(await harness.ask(.get, "/api/v1/me", try bearer(made))) == "401 token_expired")
        let old: JSONValue = ["refresh_token": try #require(made.json["refresh_token"])]
        let refreshed = await harness.post("/api/v1/auth/refresh", old)
        #expect(await harness.ask(.get, "/api/v1/me", try bearer(refreshed)).status == .ok)
        #expect(refusal(await harness.post("/api/v1/auth/refresh", old)) == "401 refresh_reused")
        #expect(refusal(await harness.ask(.get, "/api/v1/me", try bearer(refreshed))) == "401 not_logged_in")
    }

    @Test func `sessions are ended one by one, all others, and one's own`() async throws {
        let harness = try await RouteHarness()
        let first = await harness.post("/api/v1/auth/register", Self.ann)
        let second = await harness.post("/api/v1/auth/login", Self.ann)
        let third = await harness.post("/api/v1/auth/login", Self.ann)
        let id = try #require(second.json["session_id"]?.stringValue)
        #expect(await harness.ask(.delete, "/api/v1/me/sessions/\(id)", try bearer(first)).status == .noContent)
        #expect(refusal(await harness.ask(.delete, "/api/v1/me/sessions/\(id)", try bearer(first))) == "404 not_found")
        #expect(refusal(await harness.ask(.delete, "/api/v1/me/sessions/x", try bearer(first))) == "404 not_found")
        #expect(refusal(await harness.ask(.get, "/api/v1/me", try bearer(second))) == "401 not_logged_in")
        #expect(await harness.ask(.delete, "/api/v1/me/sessions", try bearer(first)).status == .noContent)
        #expect(await harness.ask(.delete, "/api/v1/me/sessions", try bearer(first)).status == .noContent)
        #expect(refusal(await harness.ask(.get, "/api/v1/me", try bearer(third))) == "401 not_logged_in")
        #expect(await harness.ask(.post, "/api/v1/auth/logout", try bearer(first)).status == .noContent)
        #expect(refusal(await harness.ask(.get, "/api/v1/me", try bearer(first))) == "401 not_logged_in")
    }

    @Test func `names and passwords are changed, and the account deleted, by who knows its password`() async throws {
        let harness = try await RouteHarness()
        let made = await harness.post("/api/v1/auth/register", Self.ann)
        let token = try bearer(made)
        let renamed = await harness.ask(.patch, "/api/v1/me", token, body: #"{"display_name":"Ann of Arc"}"#)
        #expect(renamed.json["display_name"] == "Ann of Arc")
        let wrong = #"{"current_password":"wrong-one","new_password":"newsecret"}"#
        #expect(
            refusal(await harness.ask(.put, "/api/v1/me/password", token, body: wrong)) == "403 wrong_password password"
        )
        let right = #"{"current_password":"secret123","new_password":"newsecret"}"#
        #expect(await harness.ask(.put, "/api/v1/me/password", token, body: right).status == .noContent)
        #expect(refusal(await harness.post("/api/v1/auth/login", Self.ann)) == "401 wrong_credentials")
        let deletion = await harness.ask(.delete, "/api/v1/me", token, body: #"{"password":"newsecret"}"#)
        #expect(deletion.status == .noContent)
        #expect(refusal(await harness.ask(.get, "/api/v1/me", token)) == "401 not_logged_in")
        #expect(refusal(await harness.post("/api/v1/auth/register", Self.ann)) == "409 taken username")
    }

    @Test func `log-ins and registrations have a rate, and registration may be closed`() async throws {
        let harness = try await RouteHarness(["--logins-per-minute", "2", "--registrations-per-minute", "1"])
        _ = await harness.post("/api/v1/auth/register", Self.ann)
        let again = await harness.post("/api/v1/auth/register", ["username": "bob", "password": "secret123"])
        #expect(refusal(again) == "429 rate_limited" && again.headers.first("retry-after") == "60")
        for _ in 0..<2 { #expect(await harness.post("/api/v1/auth/login", Self.ann).status == .ok) }
        #expect(refusal(await harness.post("/api/v1/auth/login", Self.ann)) == "429 rate_limited")
        #expect(await harness.post("/api/v1/auth/login", Self.ann, from: "192.0.2.2").status == .ok)
        let closed = try await RouteHarness(["--registration", "off"])
        #expect(refusal(await closed.post("/api/v1/auth/register", Self.ann)) == "403 registration_closed")
    }

    // MARK: In rooms

    @Test func `an account writes under its own name, whatever the request says, and no guest does`() async throws {
        let harness = try await RouteHarness()
        let made = await harness.post("/api/v1/auth/register", Self.ann)
        let body: JSONValue = ["message": "x", "password": .string(RouteHarness.password), "user_id": "bob"]
        #expect(await harness.post("/chat/room", body, try bearer(made)).status == .ok)
        let query = "/chat/room/messages?password=correct%20horse"
        let page = await harness.ask(.get, query, try bearer(made)).json
        #expect(page[0]?["user_id"] == "ann" && page[0]?["is_sent"] == true)
        for name in ["ann", "ANN", "аnn"] {
            let body: JSONValue = [
                "message": "x", "password": .string(RouteHarness.password), "user_id": .string(name),
            ]
            let answer = await harness.post("/chat/room", body)
            #expect(answer.status == .unauthorized && answer.line.contains("belongs to an account"))
        }
    }

    @Test func `an account's token opens no room, and a token that is over is refused`() async throws {
        let harness = try await RouteHarness()
        let made = await harness.post("/api/v1/auth/register", Self.ann)
        let denied = await harness.post("/chat/room", ["message": "x"], try bearer(made))
        #expect(denied.status == .unauthorized)
        _ = await harness.ask(.post, "/api/v1/auth/logout", try bearer(made))
        let body: JSONValue = ["message": "x", "password": .string(RouteHarness.password)]
        let answer = await harness.post("/chat/room", body, try bearer(made))
        #expect(answer.line == Response.refusal(401, "You are not logged in; log in and try again."))
    }
}
