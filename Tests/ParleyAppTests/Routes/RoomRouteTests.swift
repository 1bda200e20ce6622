import Bytes
import Chat
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("POST /room/create") struct RoomRouteTests {
    @Test func `a room is made by JSON or by a form`() async throws {
        let routes = try await RouteHarness()
        let made = await routes.post("/room/create", ["room_id": "12345", "password": "secret"])
        #expect(made.line == #"200 {"success":true,"message":"Room 12345 created successfully!"}"#)
        #expect(made.headers.values("content-type") == ["application/json"])
        let form = await routes.post("/room/create", form: "room_id=12+346&password=p%26%C3%A4")
        #expect(form.line == #"200 {"success":true,"message":"Room 12 346 created successfully!"}"#)
        for (room, password) in [("12345", "secret"), ("12%20346", "p&ä")] {
            #expect(await routes.post("/chat/\(room)/verify", ["password": .string(password)]).status == .ok)
        }
    }

    @Test func `an id and a password may be whole numbers`() async throws {
        let routes = try await RouteHarness()
        #expect(await routes.post("/room/create", ["room_id": 12345, "password": 678]).status == .ok)
        #expect(await routes.post("/chat/12345/verify", ["password": "678"]).status == .ok)
        #expect(await routes.post("/chat/12345/verify", ["password": 678]).status == .ok)
    }

    @Test(
        arguments: [
            [:], ["room_id": "x"], ["password": "x"], ["room_id": "", "password": "x"],
            ["room_id": "x", "password": ""],
            ["room_id": .null, "password": "x"], ["room_id": "x", "password": true], ["room_id": 1.5, "password": "x"],
            ["room_id": ["x"], "password": "x"], ["room_id": ["a": "x"], "password": "x"],
        ] as [JSONValue])
    func `a room needs an id and a password`(content: JSONValue) async throws {
        let answer = await (try RouteHarness()).post("/room/create", content)
        #expect(answer.line == Response.refusal(400, "Room ID and password are required!"))
    }

    @Test func `no body at all is an empty one, and what is no object is refused`() async throws {
        let routes = try await RouteHarness()
        #expect(
            await routes.ask(.post, "/room/create").line == Response.refusal(400, "Room ID and password are required!"))
        for body in ["{", "[]", "1", "null", "\"room_id\"", "{\"room_id\":\"x\",}", "\u{feff}{}"] {
            #expect(await routes.ask(.post, "/room/create", body: body).status == .badRequest, "\(body)")
        }
        #expect(await routes.post("/room/create", form: "room_id=%zz&password=x").status == .badRequest)
    }

    @Test func `a room that exists is left as it is`() async throws {
        let routes = try await RouteHarness()
        let answer = await routes.post("/room/create", ["room_id": "room", "password": "mine now"])
        #expect(
            answer.line
                == Response.refusal(
                    409, "A room with this id exists already; choose another id or join it with its password."))
        #expect(await routes.post("/chat/room/verify", ["password": "mine now"]).status == .unauthorized)
        #expect(await routes.post("/chat/room/verify", ["password": .string(RouteHarness.password)]).status == .ok)
    }

    @Test(arguments: [
        ("ws", "x", "This room id is reserved; choose another one."),
        (
            String(repeating: "x", count: 65), "x",
            "A room id has 1 to 64 visible characters, without spaces at its ends."
        ),
        (" x", "x", "A room id has 1 to 64 visible characters, without spaces at its ends."),
        ("a\u{0}b", "x", "A room id has 1 to 64 visible characters, without spaces at its ends."),
        ("x", String(repeating: "x", count: 129), "A room password has 1 to 128 characters."),
    ])
    func `what cannot be an id or a password is refused`(id: String, password: String, sentence: String) async throws {
        let routes = try await RouteHarness()
        let answer = await routes.post("/room/create", ["room_id": .string(id), "password": .string(password)])
        #expect(answer.line == Response.refusal(400, sentence))
    }

    @Test func `the longest id and password are taken`() async throws {
        let routes = try await RouteHarness()
        let (id, password) = (String(repeating: "é", count: 64), String(repeating: "ä", count: 128))
        #expect(
            await routes.post("/room/create", ["room_id": .string(id), "password": .string(password)]).status == .ok)
    }

    @Test func `one room more than there may be is refused`() async throws {
        // The lobby, `room` and one more.
        let routes = try await RouteHarness(["--rooms", "3"])
        #expect(await routes.post("/room/create", ["room_id": "a", "password": "x"]).status == .ok)
        #expect(
            await routes.post("/room/create", ["room_id": "b", "password": "x"]).line
                == Response.refusal(
                    503, "This server has no place for another room; delete one or ask its operator."))
    }

    @Test func `an address makes so many rooms a minute, and others may go on`() async throws {
        let routes = try await RouteHarness(["--rooms-per-minute", "3"])
        func make(_ id: Int, from address: String = "192.0.2.1") async -> Response {
            await routes.post("/room/create", ["room_id": .integer(Int64(id)), "password": "x"], from: address)
        }
        for id in 0..<3 { #expect(await make(id).status == .ok) }
        let refused = await make(3)
        #expect(
            refused.line == Response.refusal(429, "Too many rooms from your address; try again in 20 seconds."))
        #expect(refused.headers.values("retry-after") == ["20"])
        #expect(await make(4, from: "192.0.2.2").status == .ok)
        routes.clock.advance(by: .seconds(20))
        #expect(await make(3).status == .ok)
        #expect(await make(5).status == .tooManyRequests)
    }

    @Test func `a request that says too little costs nothing of that`() async throws {
        let routes = try await RouteHarness(["--rooms-per-minute", "1"])
        for _ in 0..<5 { _ = await routes.post("/room/create", ["room_id": "x"]) }
        #expect(await routes.post("/room/create", ["room_id": "x", "password": "x"]).status == .ok)
    }

    @Test func `a server with too many passwords to hash says when to try again`() async throws {
        let routes = try await RouteHarness()
        routes.pool.isFull.withLock { $0 = true }
        for target in ["/room/create", "/chat/room/verify"] {
            let answer = await routes.post(target, ["room_id": "x", "password": "x"])
            #expect(answer.line == Response.refusal(503, "The server is busy; try again in a moment."))
            #expect(answer.headers.values("retry-after") == ["1"])
        }
    }

    @Test func `a store that is closed refuses and makes nothing`() async throws {
        let routes = try await RouteHarness()
        await routes.chat.close()
        let answer = await routes.post("/room/create", ["room_id": "x", "password": "x"])
        #expect(answer.status == HTTPStatus(503))
        #expect(answer.json["success"] == false)
    }
}
