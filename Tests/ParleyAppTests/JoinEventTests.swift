import Chat
import JSON
import ParleyTesting
import SocketIOClient
import Testing

@testable import ParleyApp

@Suite("join", .timeLimit(.minutes(10)))
struct JoinEventTests {
    /// What a client may show to be let in.
    enum Showing: String, CaseIterable, Sendable {
        case password, token, handshakePassword, handshakeToken, bearer, bareToken, verifiedAddress
    }

    @Test(arguments: Showing.allCases)
    func `any one proof lets a client in`(showing: Showing) async throws {
        try await TestServer.run { server in
            let chat = server.application.chat
            let pass = try await chat.verify(room: "room", password: TestServer.password, from: nil)
            var content = Person.joining("room", as: "ann", password: nil).objectMembers ?? []
            var (auth, headers): (JSONValue?, [(name: String, value: String)]) = (nil, [])
            switch showing {
            case .password: content.append(.init("password", .string(TestServer.password)))
            case .token: content.append(.init("token", .string(pass.token)))
            case .handshakePassword: auth = ["password": .string(TestServer.password)]
            case .handshakeToken: auth = ["token": .string(pass.token)]
            case .bearer: headers = [("Authorization", "Bearer \(pass.token)")]
            case .bareToken: headers = [("Authorization", pass.token)]
            case .verifiedAddress:
                try await chat.admit(
                    "127.0.0.1", to: "room", for: Caller(proof: Proof(password: TestServer.password)))
            }
            let ann = try await server.connect(auth: auth, headers: headers)
            let answer = try await ann.ask("join", .object(content))
            #expect(answer["status"] == "success")
            #expect(answer["room"] == "room" && answer["user_id"] == "ann")
            #expect(answer["online"] == ["ann"] && answer["count"] == 1)
            #expect(answer["guest_token"]?.stringValue?.isEmpty == false)
            try await ann.hears("who is online") { $0.heard("online_count").last?["count"] == 1 }
            #expect(ann.heard("status").map { $0["msg"] } == ["👋 ann has joined the room"])
            #expect(try await ann.say("hello")["status"] == "success")
        }
    }

    @Test func `the lobby needs no proof, and none where guests are kept out helps`() async throws {
        try await TestServer.run { server in
            let ann = try await server.connect()
            #expect(try await ann.join("lobby", as: "ann", password: nil)["status"] == "success")
        }
        try await TestServer.run(["--lobby-guests", "off"]) { server in
            let ann = try await server.connect()
            #expect(try await ann.join("lobby", as: "ann", password: "anything")["status"] == "error")
        }
    }

    private static let denied = "Access denied! Verify your IP or provide the correct password."

    private static let refusals: [(JSONValue, String)] = [
        (["room": "room", "user_id": "eve"], denied),
        (["room": "room", "user_id": "eve", "password": "wrong"], denied),
        (["room": "room", "user_id": "eve", "password": ""], denied),
        (["room": "missing", "user_id": "eve", "password": .string(TestServer.password)], denied),
        (["room": "missing", "user_id": "eve"], denied),
        (
            ["room": "room", "user_id": "eve", "token": "nonsense"],
            "This token does not open the room; enter the room's password."
        ),
        (["room": "room", "password": .string(TestServer.password)], "Send `room` and `user_id` to join a room."),
        (["user_id": "eve", "password": .string(TestServer.password)], "Send `room` and `user_id` to join a room."),
        ([], "Send `room` and `user_id` to join a room."),
        ("room", "Send `room` and `user_id` to join a room."),
        (
            ["room": "room", "user_id": "admin", "password": .string(TestServer.password)],
            "This name is reserved; choose another one."
        ),
    ]

    @Test(arguments: refusals)
    func `a refusal is an acknowledgement and an event, and nothing of the room follows`(
        content: JSONValue, sentence: String
    ) async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let eve = try await server.connect()
            let answer = try await eve.ask("join", content)
            #expect(answer == ["status": "error", "message": .string(sentence)])
            try await eve.hears("the event") { !$0.heard.isEmpty }
            #expect(eve.heard("error") == [["message": .string(sentence)]])
            eve.forget()
            for event in ["message", "typing", "reaction", "leave"] {
                let refusal = try await eve.ask(event, ["room": "room", "message": "x", "is_typing": true])
                #expect(refusal["message"] == "You are not in this room: join it first, with its password.")
            }
            try await ann.say("secret")
            _ = try await ann.ask("typing", ["room": "room", "is_typing": true])
            let bob = try await server.member("bob")
            bob.client.disconnect()
            try await ann.hears("the farewell") { $0.heard("status").last?["msg"] == "👋 bob has disconnected" }
            try await eve.settle()
            #expect(eve.heard.allSatisfy { $0.event == "error" })
            #expect(ann.heard("online_count").allSatisfy { $0["online"]?.arrayValue?.contains("eve") == false })
        }
    }

    @Test func `a token opens its own room only`() async throws {
        try await TestServer.run { server in
            let chat = server.application.chat
            try await chat.createRoom("other", password: "another one")
            let pass = try await chat.verify(room: "other", password: "another one", from: nil)
            let eve = try await server.connect(auth: ["token": .string(pass.token)])
            #expect(try await eve.join("room", as: "eve", password: nil)["status"] == "error")
            #expect(try await eve.join("other", as: "eve", password: nil)["status"] == "success")
        }
    }

    @Test func `too many wrong passwords are told when to try again`() async throws {
        try await TestServer.run(["--rate-limits", "on", "--password-failures", "1"]) { server in
            let eve = try await server.connect()
            try await eve.join("room", as: "eve", password: "wrong")
            let answer = try await eve.join("room", as: "eve", password: "wrong")
            #expect(answer["error"] == "rate_limited")
            #expect((1...600).contains(answer["retry_after"]?.integerValue ?? 0))
        }
    }

    @Test func `a name belongs to whoever is online under it, and to its guest token`() async throws {
        try await TestServer.run { server in
            let ann = try await server.connect()
            let token = try #require(try await ann.join("room", as: "ann")["guest_token"])
            let eve = try await server.connect()
            #expect(
                try await eve.join("room", as: "ann")["message"]
                    == "This name is in use in the room; choose another name.")
            let second = try await server.connect()
            var content = Person.joining("room", as: "ann").objectMembers ?? []
            content.append(.init("guest_token", token))
            let answer = try await second.ask("join", .object(content))
            #expect(answer["status"] == "success" && answer["count"] == 1)
            #expect(second.heard("status").isEmpty)

            ann.client.disconnect()
            second.client.disconnect()
            let watcher = try await server.member("bob")
            try await watcher.hears("ann's end") { $0.heard("online_count").last?["online"] == ["bob"] }
            #expect(try await eve.join("room", as: "ann")["status"] == "success")
        }
    }

    @Test func `what is sent behind a join without waiting finds the client in the room`() async throws {
        try await TestServer.run { server in
            let bob = try await server.member("bob")
            let ann = try await server.connect()
            ann.client.emit("join", Person.joining("room", as: "ann"))
            for number in 1...50 {
                ann.client.emit("message", ["room": "room", "user_id": "ann", "message": .string("\(number)")])
            }
            try await bob.hears("all of it") { $0.texts.count == 50 }
            #expect(bob.texts == (1...50).map(String.init))
            #expect(ann.heard("error").isEmpty)
        }
    }

    @Test func `a join under another name takes the first one's place, however soon it comes`() async throws {
        try await TestServer.run { server in
            let ann = try await server.connect()
            // Sent one behind the other, without waiting for the answers.
            for name in ["ann", "bea"] { ann.client.emit("join", Person.joining("room", as: name)) }
            #expect(try await ann.join("room", as: "cat")["status"] == "success")
            let bob = try await server.member("bob")
            try await bob.hears("two names") { $0.heard("online_count").last?["online"] == ["bob", "cat"] }
            try await ann.say("mew")
            try await bob.hears("the message") { $0.heard("message").last?["user_id"] == "cat" }
            ann.client.disconnect()
            try await bob.hears("one name") { $0.heard("online_count").last?["online"] == ["bob"] }
        }
    }

    @Test func `a connection that goes while its join is under way leaves nobody behind`() async throws {
        try await TestServer.run { server in
            let bob = try await server.member("bob")
            for number in 1...20 {
                let ann = try await server.connect()
                ann.client.emit("join", Person.joining("room", as: "ann-\(number)"))
                ann.client.disconnect()
            }
            let cat = try await server.member("cat")
            try await cat.hears("two names") { $0.heard("online_count").last?["online"] == ["bob", "cat"] }
            try await bob.hears("the same") { $0.heard("online_count").last?["online"] == ["bob", "cat"] }
        }
    }

    @Test func `a connection is in so many rooms and not in one more`() async throws {
        try await TestServer.run(["--rooms-per-connection", "2"]) { server in
            for name in ["second", "third"] {
                try await server.application.chat.createRoom(name, password: TestServer.password)
            }
            let ann = try await server.member("ann")
            #expect(try await ann.join("second", as: "ann")["status"] == "success")
            let refused = try await ann.join("third", as: "ann")
            #expect(refused["message"] == "You are in 2 rooms already: leave one of them first.")
            // A room that it is in needs no further place, and one that it left gives one back.
            #expect(try await ann.join("second", as: "ann")["status"] == "success")
            _ = try await ann.leave("second")
            #expect(try await ann.join("third", as: "ann")["status"] == "success")
            #expect(try await ann.join("second", as: "ann")["status"] == "error")
        }
    }
}
