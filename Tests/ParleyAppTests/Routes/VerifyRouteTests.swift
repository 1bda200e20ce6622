import Bytes
import Chat
import Cryptography
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("POST /chat/{room}/verify") struct VerifyRouteTests {
    private static let right: JSONValue = ["password": .string(RouteHarness.password)]

    @Test func `the password gives a token that names the room and ends`() async throws {
        let routes = try await RouteHarness()
        let answer = await routes.post("/chat/room/verify", Self.right)
        #expect(answer.status == .ok)
        #expect(answer.json["expires_in"] == 3600)
        let token = try #require(answer.json["token"]?.stringValue)
        let claims = try routes.jwt.verify(token, type: "room")
        #expect(claims.text("room_id") == "room")
        #expect(claims.expires == routes.clock.epochMilliseconds / 1000 + 3600)
    }

    @Test func `a form will do`() async throws {
        let routes = try await RouteHarness()
        #expect(await routes.post("/chat/room/verify", form: "password=correct+horse").status == .ok)
    }

    @Test func `the address is verified from then on, for this room and a day`() async throws {
        let routes = try await RouteHarness()
        try await routes.chat.createRoom("other", password: "x")
        #expect(await routes.ask(.get, "/chat/room/messages").status == .unauthorized)
        #expect(await routes.post("/chat/room/verify", Self.right).status == .ok)
        #expect(await routes.ask(.get, "/chat/room/messages").line == "200 []")
        #expect(await routes.ask(.get, "/chat/room/messages", from: "192.0.2.2").status == .unauthorized)
        #expect(await routes.ask(.get, "/chat/other/messages").status == .unauthorized)
        routes.clock.advance(by: .seconds(86_399))
        #expect(await routes.ask(.get, "/chat/room/messages").status == .ok)
        routes.clock.advance(by: .seconds(1))
        #expect(await routes.ask(.get, "/chat/room/messages").status == .unauthorized)
    }

    @Test(
        arguments: [
            [:], ["password": ""], ["password": .null], ["password": "Correct horse"], ["password": "correct horse "],
            ["password": ["correct horse"]], ["password": true],
        ] as [JSONValue])
    func `a wrong password and none give no token and verify nobody`(content: JSONValue) async throws {
        let routes = try await RouteHarness()
        let answer = await routes.post("/chat/room/verify", content)
        #expect(answer.line == Response.refusal(401, "Invalid password!"))
        #expect(await routes.ask(.get, "/chat/room/messages").status == .unauthorized)
    }

    @Test func `a room that is not there is said to be not there`() async throws {
        let answer = await (try RouteHarness()).post("/chat/nowhere/verify", Self.right)
        #expect(answer.line == Response.refusal(404, "Room not found!"))
    }

    @Test func `the right password of an address that has guessed too often is refused, too`() async throws {
        let routes = try await RouteHarness(["--password-failures", "3"])
        for _ in 0..<3 {
            #expect(await routes.post("/chat/room/verify", ["password": "wrong"]).status == .unauthorized)
        }
        let answer = await routes.post("/chat/room/verify", Self.right)
        #expect(answer.line == Response.refusal(429, "Too many wrong passwords; try again in 600 seconds."))
        #expect(answer.headers.values("retry-after") == ["600"])
        #expect(await routes.post("/chat/room/verify", Self.right, from: "192.0.2.2").status == .ok)
        routes.clock.advance(by: .seconds(600))
        #expect(await routes.post("/chat/room/verify", Self.right).status == .ok)
    }

    @Test func `a verified address is no password`() async throws {
        let routes = try await RouteHarness()
        #expect(await routes.post("/chat/room/verify", Self.right).status == .ok)
        #expect(
            await routes.post("/chat/room/verify", ["password": "wrong"]).line
                == Response.refusal(401, "Invalid password!"))
        #expect(await routes.post("/chat/room/verify", [:]).status == .unauthorized)
    }
}

@Suite("Bearer tokens") struct BearerTokenTests {
    @Test(
        arguments: [
            ("Bearer abc", "abc"), ("bearer abc", "abc"), ("BEARER abc", "abc"), ("Bearer  abc ", "abc"),
            ("abc", "abc"),
            ("Bearer", nil), ("Bearer ", nil), ("Bearer a b", nil), ("Basic YTpi", nil), ("a b", nil), ("", nil),
            (nil, nil), ("Bearer,abc", "Bearer,abc"),
        ] as [(String?, String?)])
    func `a token is read with and without its scheme`(field: String?, token: String?) {
        #expect(BearerToken.token(field) == token)
    }

    /// What stands between a token and a room.
    private static func status(_ routes: RouteHarness, _ headers: HTTPHeaders, query: String = "") async -> Response {
        await routes.ask(.get, "/chat/room/messages\(query)", headers)
    }

    @Test func `a room's token opens it, in the field or in the query`() async throws {
        let routes = try await RouteHarness()
        let token = try await routes.token()
        #expect(await Self.status(routes, ["Authorization": "Bearer \(token)"]).line == "200 []")
        #expect(await Self.status(routes, ["Authorization": token]).line == "200 []")
        #expect(await Self.status(routes, [:], query: "?token=\(token)").line == "200 []")
        // What is said of the request itself goes before its head.
        let both = await Self.status(routes, ["Authorization": "Bearer \(token)"], query: "?token=x")
        #expect(both.line == Response.refusal(401, "This token does not open the room; enter the room's password."))
    }

    @Test func `a token of another room, another key, another kind or no token at all opens nothing`() async throws {
        let routes = try await RouteHarness()
        try await routes.chat.createRoom("other", password: "x")
        let foreign = try JWT(keys: [SecureRandom().bytes(32)], clock: routes.clock)
        let now = routes.clock.epochMilliseconds / 1000
        let claims: [JWTClaims.Claim] = [.init("room_id", .text("room")), .init("rid", .integer(2))]
        let member = try await routes.chat.join(
            JoinRequest(
                room: "room", caller: Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password)),
                connection: "1"))
        let tokens = [
            try await routes.chat.verify(room: "other", password: "x", from: nil).token,
            try foreign.sign(JWTClaims(type: "room", expires: now + 3600, claims: claims)),
            try #require(member.guestToken), "x", "a.b.c", String(repeating: "x", count: 10_000),
            // Nobody signed it (RFC 8725 section 2.1): {"alg":"none"} and claims that are right.
            "eyJhbGciOiJub25lIn0.eyJyb29tX2lkIjoicm9vbSIsInJpZCI6MiwiZXhwIjo5OTk5OTk5OTk5fQ.",
        ]
        for token in tokens {
            let answer = await Self.status(routes, ["Authorization": "Bearer \(token)"])
            #expect(
                answer.line == Response.refusal(401, "This token does not open the room; enter the room's password."),
                "\(token.prefix(40))")
        }
    }

    @Test func `a token ends, and says so`() async throws {
        let routes = try await RouteHarness(["--room-token-time", "60s"])
        let token = try await routes.token()
        routes.clock.advance(by: .seconds(59))
        #expect(await Self.status(routes, ["Authorization": "Bearer \(token)"]).status == .ok)
        routes.clock.advance(by: .seconds(1))
        #expect(
            await Self.status(routes, ["Authorization": "Bearer \(token)"]).line
                == Response.refusal(401, "The room token has expired; enter the room's password again."))
    }

    @Test func `a room that was deleted and made again knows no token of before`() async throws {
        let routes = try await RouteHarness()
        let token = try await routes.token()
        try await routes.chat.deleteRoom("room", for: Caller(proof: Proof(password: RouteHarness.password)))
        #expect(await Self.status(routes, ["Authorization": "Bearer \(token)"]).status == .unauthorized)
        try await routes.chat.createRoom("room", password: "new")
        #expect(await Self.status(routes, ["Authorization": "Bearer \(token)"]).status == .unauthorized)
    }
}
