import Accounts
import Bytes
import Chat
import JSON
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("edit, delete, pin, mark_read, read", .timeLimit(.minutes(10))) struct ChangeEventTests {
    private func id(_ answer: JSONValue) throws -> JSONValue { try #require(answer["message_id"]) }

    @Test func `an edit is told to the room`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let posted = try await ann.say("first")
            let id = try id(posted)
            let answer = try await ann.ask("edit", ["room": "room", "message_id": id, "message": "second"])
            #expect(answer["status"] == "success" && answer["id"] == id && answer["edited_at"] != nil)
            try await bob.hears("the edit") { !$0.heard("message_edited").isEmpty }
            let event = bob.heard("message_edited")[0]
            #expect(event["message_id"] == id && event["message"] == "second" && event["user_id"] == "ann")
            #expect(event["timestamp"] == posted["timestamp"] && event["room"] == "room")
            let refused = try await bob.ask("edit", ["room": "room", "message_id": id, "message": "mine"])
            #expect(refused["status"] == "error")
        }
    }

    @Test func `a removal is told to the room, and who did it`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let posted = try await ann.say("first")
            let id = try id(posted)
            #expect(try await bob.ask("delete", ["room": "room", "message_id": id])["status"] == "error")
            // By its timestamp, as the page names it.
            let answer = try await ann.ask("delete", ["room": "room", "message_id": posted["timestamp"] ?? .null])
            #expect(answer["status"] == "success" && answer["id"] == id)
            try await bob.hears("the removal") { !$0.heard("message_deleted").isEmpty }
            let event = bob.heard("message_deleted")[0]
            #expect(
                event == [
                    "message_id": id, "deleted_by": "ann", "is_admin_delete": false, "id": id,
                    "timestamp": posted["timestamp"] ?? .null, "room": "room", "revision": event["revision"] ?? .null,
                ])
        }
    }

    @Test func `who reads messages is told to the room, once for each`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let ids = [try id(try await ann.say("1")), try id(try await ann.say("2"))]
            let content: JSONValue = ["room": "room", "user_id": "bob", "message_ids": .array(ids)]
            #expect(try await bob.ask("mark_read", content) == ["status": "success", "updated_messages": 2])
            #expect(try await bob.ask("mark_read", content) == ["status": "success", "updated_messages": 0])
            try await ann.hears("it") { !$0.heard("messages_read").isEmpty }
            #expect(
                ann.heard("messages_read") == [
                    [
                        "room_id": "room", "message_ids": .array(ids), "read_by": "bob", "sequence": 2, "room": "room",
                    ]
                ])
            #expect(try await bob.ask("unread", ["room": "room", "sequence": 2])["sequence"] == 1)
            #expect(try await bob.ask("read", ["room": "room", "message_id": ids[1]])["sequence"] == 2)
            for content: JSONValue in [
                ["room": "room"], ["room": "room", "message_ids": "msg_1"], ["room": "room", "message_ids": [true]],
            ] {
                #expect(try await bob.ask("mark_read", content)["status"] == "error")
            }
            #expect(try await bob.ask("read", ["room": "room"])["status"] == "error")
        }
    }

    @Test func `in a room with more people than the limit nobody is told who has read what`() async throws {
        try await TestServer.run(["--receipt-audience", "1"]) { server in
            let ann = try await server.member("ann")
            let ids = [try id(try await ann.say("1")), try id(try await ann.say("2"))]
            _ = try await ann.ask("mark_read", ["room": "room", "message_ids": [ids[0]]])
            try await ann.hears("it") { $0.heard("messages_read").count == 1 }
            let bob = try await server.member("bob")
            _ = try await ann.ask("mark_read", ["room": "room", "message_ids": [ids[1]]])
            try await bob.settle()
            try await ann.settle()
            #expect(bob.heard("messages_read").isEmpty && ann.heard("messages_read").count == 1)
        }
    }

    @Test func `an account hears that it is mentioned, wherever it is, and how far it has read`() async throws {
        try await TestServer.run { server in
            let accounts = server.application.accounts
            let account = try await accounts.register(Registration(handle: "bob", password: "secret123"))
            let auth: JSONValue = ["token": .string(try await accounts.begin(account, on: Device()).access)]
            let (desk, phone) = (try await server.connect(auth: auth), try await server.connect(auth: auth))
            for person in [desk, phone] { try await person.join("room", as: "bob") }
            _ = try await phone.leave()
            let ann = try await server.member("ann")
            let id = try id(try await ann.say("hello @bob"))
            try await phone.hears("the mention") { !$0.heard("mention").isEmpty }
            #expect(phone.heard("mention")[0]["id"] == id && phone.heard("mention")[0]["room"] == "room")
            _ = try await desk.ask("read", ["room": "room", "message_id": id])
            try await phone.hears("the marker") { $0.heard("read_marker") == [["room": "room", "sequence": 1]] }
            #expect(ann.heard("mention").isEmpty && ann.heard("read_marker").isEmpty)
        }
    }

    @Test func `moderators pin over Socket.IO, and the room hears it`() async throws {
        try await TestServer.run { server in
            let accounts = server.application.accounts
            let account = try await accounts.register(Registration(handle: "ann", password: "secret123"))
            _ = try await server.application.chat.createRoom(.club(TestServer.password), by: account)
            let auth: JSONValue = ["token": .string(try await accounts.begin(account, on: Device()).access)]
            let (ann, bob) = (try await server.connect(auth: auth), try await server.connect())
            for person in [ann, bob] { try await person.join("club", as: "bob") }
            let id = try id(try await bob.say("x", in: "club"))
            let content: JSONValue = ["room": "club", "message_id": id]
            #expect(try await bob.ask("pin", content)["status"] == "error")
            for event in ["pin", "unpin"] { #expect(try await ann.ask(event, content)["status"] == "success") }
            try await bob.hears("both") {
                $0.heard("message_pinned").first?["pinned_by"] == "ann"
                    && $0.heard("message_unpinned").first?["message_id"] == id
            }
            #expect(try await ann.ask("delete", content)["status"] == "success")
            try await bob.hears("the removal") { $0.heard("message_deleted").first?["is_admin_delete"] == true }
        }
    }

    @Test func `a reply and its thread are told with the message`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let id = try id(try await ann.say("root"))
            let content: JSONValue = ["room": "room", "message": "x", "reply_to": id, "thread": id]
            #expect(try await ann.ask("message", content)["status"] == "success")
            #expect(ann.heard("message").last?["reply_to"] == id && ann.heard("message").last?["thread"] == id)
            let wrong: JSONValue = ["room": "room", "message": "x", "reply_to": true]
            #expect(try await ann.ask("message", wrong)["status"] == "error")
        }
    }

    @Test func `reactions are added and removed by name`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let id = try id(try await ann.say("root"))
            func react(_ operation: String) async throws -> JSONValue {
                try await ann.ask(
                    "reaction",
                    ["room": "room", "message_id": id, "reaction": "👍", "op": .string(operation)])
            }
            for _ in 0..<2 { #expect(try await react("add")["reactions"] == ["👍": ["ann"]]) }
            for _ in 0..<2 { #expect(try await react("remove")["reactions"] == [:]) }
            #expect(try await react("other")["status"] == "error")
        }
    }

    @Test func `who says no more of typing is typing no longer`() async throws {
        try await TestServer.run(["--typing-time", "1s"]) { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            _ = try await ann.ask("typing", ["room": "room", "is_typing": true])
            try await bob.hears("that it began") { person in
                person.heard("typing_status").contains { $0["typing_users"] == ["ann"] }
            }
            try await bob.hears("that it ended") { $0.heard("typing_status").last?["typing_users"] == [] }
            #expect(bob.heard("typing_status").last?["user_id"] == "ann")
        }
    }
}
