import Accounts
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

/// Each route of administrators, and what it answers to an administrator who shows no password and asks for nothing
/// that there is.
private let matrix: [String: Int] = [
    "GET /api/v1/admin/users": 200,
    "POST /api/v1/admin/users": 422,
    "GET /api/v1/admin/users/{handle}": 404,
    "PATCH /api/v1/admin/users/{handle}": 404,
    "DELETE /api/v1/admin/users/{handle}": 403,
    "POST /api/v1/admin/users/{handle}/logout": 404,
    "POST /api/v1/admin/users/{handle}/sign-in-link": 403,
    "GET /api/v1/admin/rooms": 200,
    "GET /api/v1/admin/rooms/{room}": 404,
    "DELETE /api/v1/admin/rooms/{room}": 403,
    "POST /api/v1/admin/rooms/{room}/clear": 403,
    "DELETE /api/v1/admin/rooms/{room}/messages/{id}": 422,
    "GET /api/v1/admin/addresses": 200,
    "GET /api/v1/admin/blocks": 200,
    "POST /api/v1/admin/blocks": 403,
    "DELETE /api/v1/admin/blocks": 403,
    "GET /api/v1/admin/settings": 200,
    "GET /api/v1/admin/storage": 200,
    "GET /api/v1/admin/metrics": 200,
    "GET /api/v1/admin/audit": 200,
]

@Suite("Who is let in to the routes of administrators") struct AdminMatrixTests {
    @Test func `the matrix has every route of administrators, and no other`() async throws {
        let harness = try await RouteHarness()
        #expect(harness.routes.filter { $0.contains(" /api/v1/admin") } == matrix.keys.sorted { path($0) < path($1) })
    }

    private func path(_ route: String) -> String {
        let words = route.split(separator: " ")
        return "\(words[1]) \(words[0])"
    }

    @Test func `administrators are let in, and to all others there is nothing`() async throws {
        let harness = try await RouteHarness()
        let administrator = try await harness.logIn("boss", as: .administrator)
        let callers: [(String, HTTPHeaders, Int, String)] = [
            ("nobody", [:], 401, "not_logged_in"),
            (
                "a guest with a room token", ["Authorization": "Bearer \(try await harness.token())"], 401,
                "not_logged_in"
            ),
            ("a member", try await harness.logIn("ann"), 404, "not_found"),
            ("a moderator", try await harness.logIn("mod", as: .moderator), 404, "not_found"),
        ]
        for (route, status) in matrix {
            let words = route.split(separator: " ")
            let method = try #require(HTTPMethod(rawValue: String(words[0])))
            let target = String(words[1]).replacing("{handle}", with: "nobody").replacing("{room}", with: "nowhere")
            for (who, headers, refusal, code) in callers {
                let answer = await harness.ask(method, target, headers)
                #expect(answer.status.code == refusal, "\(route) for \(who)")
                let said = answer.json["error"]?["code"]?.stringValue
                #expect(said == code, "\(route) for \(who)")
            }
            let answer = await harness.ask(method, target, administrator)
            #expect(answer.status.code == status, "\(route): \(answer.line)")
        }
    }

    @Test func `an administrator who is none any more is let in no longer`() async throws {
        let harness = try await RouteHarness()
        let boss = try await harness.logIn("boss", as: .administrator)
        let other = try await harness.logIn("other", as: .administrator)
        #expect(await harness.ask(.get, "/api/v1/admin/users", other).status == .ok)
        let body = #"{"role":"moderator","confirm_password":"secret123"}"#
        #expect(await harness.ask(.patch, "/api/v1/admin/users/other", boss, body: body).status == .ok)
        #expect(await harness.ask(.get, "/api/v1/admin/users", other).status == .notFound)
    }

    @Test func `one request more than a minute has is refused`() async throws {
        let harness = try await RouteHarness(["--administration-per-minute", "2"])
        let boss = try await harness.logIn("boss", as: .administrator)
        for _ in 0..<2 { #expect(await harness.ask(.get, "/api/v1/admin/users", boss).status == .ok) }
        let refused = await harness.ask(.get, "/api/v1/admin/users", boss)
        #expect(refused.status == .tooManyRequests && refused.headers.first("retry-after") == "30")
    }
}
