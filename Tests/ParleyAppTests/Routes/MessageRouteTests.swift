import Chat
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("POST /chat/{room}") struct MessageRouteTests {
    private static func said(_ text: JSONValue, _ more: JSONValue.Member...) -> JSONValue {
        .object([.init("message", text), .init("password", .string(RouteHarness.password))] + more)
    }

    private static func history(_ routes: RouteHarness) async throws -> [Message] {
        try await routes.chat.history(
            HistoryQuery(), in: "room", for: Caller(proof: Proof(password: RouteHarness.password)))
    }

    @Test func `a message is answered with its id and its time, and is in the history`() async throws {
        let routes = try await RouteHarness()
        let answer = await routes.post("/chat/room", Self.said("by REST", .init("user_id", "bob")))
        let kept = try #require(try await Self.history(routes).first)
        #expect(
            answer.line == #"200 {"success":true,"message":"Message sent securely!","message_id":"msg_\#(kept.id)","#
                + #""timestamp":\#(kept.timestamp)}"#)
        #expect(kept.text == "by REST")
        #expect(kept.author.text == "bob")
        #expect(kept.timestamp == routes.clock.epochMilliseconds)
    }

    @Test func `who gives no name is anonymous, and a form will do`() async throws {
        let routes = try await RouteHarness()
        #expect(await routes.post("/chat/room", form: "message=a+%26+b&password=correct+horse").status == .ok)
        let kept = try await Self.history(routes)
        #expect(kept.map(\.text) == ["a & b"])
        #expect(kept.map(\.author.text) == ["Anonymous"])
    }

    @Test func `a message that was sent before is not kept twice`() async throws {
        let routes = try await RouteHarness()
        let message = Self.said("once", .init("user_id", "bob"), .init("client_id", "c1"))
        let (first, second) = (await routes.post("/chat/room", message), await routes.post("/chat/room", message))
        #expect(first.status == .ok)
        #expect(second.line == first.line)
        #expect(try await Self.history(routes).count == 1)
    }

    @Test func `a token or a verified address is as good as the password`() async throws {
        let routes = try await RouteHarness()
        let token = try await routes.token(from: "192.0.2.7")
        let message: JSONValue = ["message": "x"]
        #expect(await routes.post("/chat/room", message, ["Authorization": "Bearer \(token)"]).status == .ok)
        #expect(await routes.post("/chat/room", ["message": "x", "token": .string(token)]).status == .ok)
        #expect(await routes.post("/chat/room", message, from: "192.0.2.7").status == .ok)
        #expect(await routes.post("/chat/room", message).line == Response.refusal(401, RouteHarness.denied))
    }

    @Test func `a wrong password is wrong whatever else is shown`() async throws {
        let routes = try await RouteHarness()
        let token = try await routes.token(from: "192.0.2.7")
        let message: JSONValue = ["message": "x", "password": "wrong"]
        for address in ["192.0.2.1", "192.0.2.7"] {
            let answer = await routes.post("/chat/room", message, ["Authorization": "Bearer \(token)"], from: address)
            #expect(answer.line == Response.refusal(401, RouteHarness.denied))
        }
        #expect(try await Self.history(routes) == [])
    }

    @Test func `a room that is not there refuses as one whose password is wrong`() async throws {
        let routes = try await RouteHarness()
        let missing = await routes.post("/chat/nowhere", Self.said("x"))
        #expect(missing.line == Response.refusal(401, RouteHarness.denied))
        #expect(await routes.post("/chat/nowhere", ["message": "x"]).line == missing.line)
    }

    @Test(arguments: [[:], ["message": ""], ["message": .null], ["message": true], ["message": ["x"]]] as [JSONValue])
    func `a message is required`(content: JSONValue) async throws {
        let answer = await (try RouteHarness()).post("/chat/room", content)
        #expect(answer.line == Response.refusal(400, "A message is required!"))
    }

    @Test func `a text has as many characters as it may, and not one more`() async throws {
        let routes = try await RouteHarness(["--message-length", "10"])
        #expect(await routes.post("/chat/room", Self.said(.string(String(repeating: "😀", count: 10)))).status == .ok)
        #expect(
            await routes.post("/chat/room", Self.said(.string(String(repeating: "x", count: 11)))).line
                == Response.refusal(400, "The message is too long; use at most 10 characters."))
        #expect(
            await routes.post("/chat/room", Self.said("  \n ")).line
                == Response.refusal(400, "The message is empty; write something first."))
    }

    @Test(arguments: [
        ("user_id", "", 200, ""), ("user_id", "system", 400, "This name is reserved; choose another one."),
        (
            "user_id", String(repeating: "x", count: 65), 400,
            "A name has 1 to 64 visible characters, without spaces at its ends."
        ),
        ("client_id", String(repeating: "x", count: 64), 200, ""),
        ("client_id", String(repeating: "x", count: 65), 400, "A client id has 1 to 64 bytes."),
    ])
    func `names and client ids keep to their limits`(
        name: String, value: String, status: Int, sentence: String
    ) async throws {
        let answer = await (try RouteHarness()).post("/chat/room", Self.said("x", .init(name, .string(value))))
        #expect(Int(answer.status.code) == status)
        if status != 200 { #expect(answer.line == Response.refusal(status, sentence)) }
    }

    @Test func `a name that is online is its holder's`() async throws {
        let routes = try await RouteHarness()
        let proof = Proof(password: RouteHarness.password)
        let member = try await routes.chat.join(
            JoinRequest(room: "room", caller: Caller(.guest(name: "ann"), proof: proof), connection: "1"))
        let message = Self.said("x", .init("user_id", "ann"))
        #expect(
            await routes.post("/chat/room", message).line
                == Response.refusal(401, "This name is in use in the room; choose another name."))
        let own = Self.said(
            "x", .init("user_id", "ann"), .init("guest_token", .string(try #require(member.guestToken))))
        #expect(await routes.post("/chat/room", own).status == .ok)
        // A holder who is not kept anywhere would be gone.
        withExtendedLifetime(member) {}
    }

    @Test func `the lobby is open to guests`() async throws {
        let answer = await (try RouteHarness()).post("/chat/lobby", ["message": "x"])
        #expect(answer.status == .ok)
    }

    @Test func `another method is refused with those that there are`() async throws {
        let routes = try await RouteHarness()
        for (method, target, allow) in [
            (.get, "/chat/room", "OPTIONS, POST"), (.put, "/room/create", "OPTIONS, POST"),
            (.post, "/chat/room/messages", "GET, HEAD, OPTIONS"), (.delete, "/chat/room/verify", "OPTIONS, POST"),
        ] as [(HTTPMethod, String, String)] {
            let answer = await routes.ask(method, target)
            #expect(answer.line == #"405 {"error":"Use one of the methods \#(allow) here."}"#)
            #expect(answer.headers.values("allow") == [allow])
            #expect(await routes.ask(.options, target).status == .noContent)
        }
        #expect(
            await routes.ask(.get, "/chat/room/nothing").line
                == #"404 {"error":"There is nothing at this address: check it."}"#)
    }
}
