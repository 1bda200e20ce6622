import Accounts
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("Accounts by administrators") struct AdminUsersTests {
    private static let users = "/api/v1/admin/users"

    private func refusal(_ answer: Response) -> String {
        "\(answer.status.code) \(answer.json["error"]?["code"]?.stringValue ?? "-")"
    }

    private func names(_ answer: Response) -> [String] {
        (answer.json["users"]?.arrayValue ?? []).compactMap { $0["username"]?.stringValue }
    }

    @Test func `accounts are found by handle, name, address, role and state, a page at a time`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        for (handle, name) in [("ann", "Ann Lee"), ("bob", "Bobby"), ("cid", "Cid")] {
            var registration = Registration(
                handle: handle, displayName: name, email: "\(handle)@example.org", password: "secret123")
            if handle == "bob" { registration.role = .moderator }
            _ = try await harness.accounts.register(registration)
        }
        let block = #"{"disabled":true,"confirm_password":"secret123"}"#
        #expect(await harness.ask(.patch, Self.users + "/cid", boss, body: block).json["disabled"] == true)
        let cases: [(String, [String])] = [
            ("", ["ann", "bob", "boss", "cid"]), ("?query=lee", ["ann"]), ("?query=BOB", ["bob"]),
            ("?query=cid@example", ["cid"]), ("?role=moderator", ["bob"]), ("?disabled=true", ["cid"]),
            ("?limit=2", ["ann", "bob"]), ("?limit=2&after=bob", ["boss", "cid"]), ("?query=nobody", []),
        ]
        for (query, expected) in cases {
            #expect(names(await harness.ask(.get, Self.users + query, boss)) == expected, "\(query)")
        }
        #expect(refusal(await harness.ask(.get, Self.users + "?role=king", boss)) == "422 invalid")
        let ann = await harness.ask(.get, Self.users + "/ANN", boss)
        #expect(ann.json["email"] == "ann@example.org" && ann.json["sessions"] == .array([]))
    }

    @Test func `a dangerous action asks for the password, and then not for five minutes`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        for handle in ["ann", "bob"] { _ = try await harness.logIn(handle) }
        let ann = Self.users + "/ann"
        #expect(refusal(await harness.ask(.patch, ann, boss, body: #"{"role":"moderator"}"#)) == "403 password_needed")
        let wrong = #"{"role":"moderator","confirm_password":"wrong"}"#
        #expect(refusal(await harness.ask(.patch, ann, boss, body: wrong)) == "403 wrong_password")
        #expect(await harness.ask(.patch, ann, boss, body: #"{"display_name":"Ann"}"#).status == .ok)
        var confirmed = boss
        confirmed.add("Confirm-Password", "secret123")
        #expect(await harness.ask(.patch, ann, confirmed, body: #"{"role":"moderator"}"#).status == .ok)
        harness.clock.advance(by: .seconds(299))
        #expect(await harness.ask(.delete, Self.users + "/bob", boss).status == .noContent)
        harness.clock.advance(by: .seconds(1))
        #expect(refusal(await harness.ask(.delete, ann, boss)) == "403 password_needed")
    }

    @Test(arguments: [#"{"role":"member"}"#, #"{"disabled":true}"#, nil])
    func `the last administrator stays`(body: String?) async throws {
        let harness = try await RouteHarness()
        var boss = try await harness.logIn("boss", as: .administrator)
        boss.add("Confirm-Password", "secret123")
        let method: HTTPMethod = body == nil ? .delete : .patch
        let answer = await harness.ask(method, Self.users + "/boss", boss, body: body ?? "")
        #expect(refusal(answer) == "409 last_administrator")
        _ = try await harness.logIn("other", as: .administrator)
        #expect(await harness.ask(method, Self.users + "/other", boss, body: body ?? "").status.code < 300)
        #expect(
            refusal(await harness.ask(method, Self.users + "/boss", boss, body: body ?? "")) == "409 last_administrator"
        )
    }

    @Test func `whoever is logged out by an administrator is logged in nowhere`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        let ann = try await harness.logIn("ann")
        for _ in 0..<2 {
            #expect(await harness.ask(.post, Self.users + "/ann/logout", boss).status == .noContent)
            #expect(refusal(await harness.ask(.get, "/api/v1/me", ann)) == "401 not_logged_in")
        }
    }

    @Test func `an account that is made has no password until its link is used`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        let made = await harness.post(Self.users, ["username": "ann", "seconds": 60], boss)
        #expect(made.status == .created && made.json["link"]?["expires_at"] == "2024-01-01T00:01:00.000Z")
        let token = try #require(made.json["link"]?["token"])
        for password in ["", "secret123"] {
            let answer = await harness.post(
                "/api/v1/auth/login", ["username": "ann", "password": .string(password + "x")])
            #expect(refusal(answer) == "401 wrong_credentials")
        }
        let weak = await harness.post("/api/v1/auth/link", ["token": token, "password": "short"])
        #expect(refusal(weak) == "422 invalid")
        let used = await harness.post("/api/v1/auth/link", ["token": token, "password": "my own secret"])
        #expect(used.status == .ok && used.json["user"]?["username"] == "ann")
        #expect(refusal(await harness.post("/api/v1/auth/link", ["token": token])) == "403 wrong_link")
        let logIn = await harness.post("/api/v1/auth/login", ["username": "ann", "password": "my own secret"])
        #expect(logIn.status == .ok)
    }

    @Test func `a link is good for its time, for one account, and until the next one is made`() async throws {
        let harness = try await RouteHarness()
        var boss = try await harness.logIn("boss", as: .administrator)
        boss.add("Confirm-Password", "secret123")
        _ = try await harness.logIn("ann")
        func link(_ seconds: Int) async -> Response {
            await harness.post(Self.users + "/ann/sign-in-link", ["seconds": JSONValue(seconds)], boss)
        }
        #expect(refusal(await link(59)) == "422 invalid")
        #expect(refusal(await link(7 * 86_400 + 1)) == "422 invalid")
        let first = try #require(await link(60).json["token"])
        let second = try #require(await link(60).json["token"])
        #expect(refusal(await harness.post("/api/v1/auth/link", ["token": first])) == "403 wrong_link")
        harness.clock.advance(by: .seconds(60))
        #expect(refusal(await harness.post("/api/v1/auth/link", ["token": second])) == "403 wrong_link")
        let third = try #require(await link(60).json["token"])
        _ = await harness.ask(.patch, Self.users + "/ann", boss, body: #"{"disabled":true}"#)
        #expect(refusal(await harness.post("/api/v1/auth/link", ["token": third])) == "403 wrong_link")
        #expect(refusal(await link(60)) == "409 disabled")
    }

    @Test func `the handle of a deleted account stays taken, by accounts and by guests`() async throws {
        let harness = try await RouteHarness(["--registrations-per-minute", "100"])
        var boss = try await harness.logIn("boss", as: .administrator)
        boss.add("Confirm-Password", "secret123")
        _ = try await harness.logIn("ann")
        #expect(await harness.ask(.delete, Self.users + "/ann", boss).status == .noContent)
        #expect(try await harness.accounts.isHandle("ANN"))
        let again = await harness.post("/api/v1/auth/register", ["username": "ann", "password": "secret123"])
        #expect(refusal(again) == "409 taken")
        #expect(refusal(await harness.ask(.get, Self.users + "/ann", boss)) == "404 not_found")
    }

    @Test func `what administrators change is in the audit log, with who, what, from where and why`() async throws {
        let harness = try await RouteHarness()
        var boss = try await harness.logIn("boss", as: .administrator)
        boss.add("Confirm-Password", "secret123")
        _ = try await harness.logIn("ann")
        _ = await harness.ask(
            .patch, Self.users + "/ann", boss, body: #"{"role":"moderator","reason":"helps"}"#)
        _ = await harness.ask(.patch, Self.users + "/boss", boss, body: #"{"role":"member"}"#)
        _ = await harness.ask(.post, Self.users + "/ann/logout", boss)
        _ = await harness.ask(.delete, Self.users + "/ann", boss)
        let records = try #require(await harness.ask(.get, "/api/v1/admin/audit", boss).json["records"]?.arrayValue)
        #expect(records.map { $0["action"] } == ["user.deleted", "user.logged_out", "user.changed"])
        let change = records[2]
        #expect(change["details"]?["role"] == "moderator" && change["details"]?["handle"] == "ann")
        #expect(change["reason"] == "helps" && change["address"] == "192.0.2.1")
        let me = await harness.ask(.get, "/api/v1/me", boss).json["id"]
        #expect(change["actor"] == me)
    }
}
