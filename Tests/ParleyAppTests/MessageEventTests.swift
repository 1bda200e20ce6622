import Chat
import JSON
import ParleyTesting
import SocketIOClient
import Testing

@testable import ParleyApp

@Suite("message, reaction, typing", .timeLimit(.minutes(10)))
struct MessageEventTests {
    @Test func `a message is acknowledged and reaches all, and only the sender's copy is its own`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let answer = try await ann.ask(
                "message", ["room": "room", "user_id": "ann", "message": "hé \"you\"", "client_id": "c-1"])
            #expect(answer["status"] == "success")
            for person in [ann, bob] {
                try await person.hears("the message") { $0.texts.count == 1 }
                let message = person.heard("message")[0]
                #expect(message["id"] == answer["message_id"] && message["timestamp"] == answer["timestamp"])
                #expect(message["user_id"] == "ann" && message["username"] == "ann" && message["room"] == "room")
                #expect(message["message"] == "hé \"you\"" && message["client_id"] == "c-1")
                #expect(message["is_sent"] == .bool(person === ann))
            }
            // The sender's copy has come before the acknowledgement.
            #expect(ann.texts.count == 1)
        }
    }

    @Test func `a message that is sent again is recognised and comes once`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let message: JSONValue = ["room": "room", "message": "x", "client_id": "c-1"]
            let first = try await ann.ask("message", message)
            #expect(try await ann.ask("message", message) == first)
            try await ann.settle()
            #expect(ann.texts == ["x"])
        }
    }

    private static let badMessages: [(JSONValue, String)] = [
        (["room": "room"], "Send the text as `message`."),
        (["room": "room", "message": 7], "Send the text as `message`."),
        (["room": "room", "message": " \n"], "The message is empty; write something first."),
        (
            ["room": "room", "message": "x", "media": ["type": "image/png"]],
            "Send media as an object with a name and its data as a data URL in base 64."
        ),
        (["message": "x"], "Name the room: send an object with `room`."),
        (
            ["room": "room", "message": "x", "user_id": "bob"],
            "You are in this room as ann: send that as `user_id`, or join again."
        ),
    ]

    @Test(arguments: badMessages)
    func `what is no message is refused with what to do`(content: JSONValue, sentence: String) async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            #expect(try await ann.ask("message", content)["message"] == .string(sentence))
            try await ann.hears("the event") { $0.heard("error") == [["message": .string(sentence)]] }
            #expect(ann.texts == [])
        }
    }

    @Test func `clients on two loops see one order`() async throws {
        try await TestServer.run { server in
            let people = [try await server.member("ann"), try await server.member("bob")]
            try await withThrowingTaskGroup(of: Void.self) { group in
                for person in people {
                    // Not waiting for acknowledgements, so that the two get in each other's way.
                    group.addTask {
                        for number in 0..<200 {
                            person.client.emit("message", ["room": "room", "message": .string("\(number)")])
                        }
                    }
                }
                try await group.waitForAll()
            }
            for person in people { try await person.hears("all") { $0.texts.count == 400 } }
            let orders = people.map { $0.heard("message").map { $0["id"]?.stringValue ?? "" } }
            #expect(orders[0] == orders[1])
            for (index, person) in people.enumerated() {
                let own = person.heard("message").filter { $0["is_sent"] == true }.compactMap {
                    $0["message"]?.stringValue
                }
                #expect(own == (0..<200).map(String.init), "\(index)")
            }
        }
    }

    @Test func `who comes and goes on two loops at once leaves the right count with everybody`() async throws {
        try await TestServer.run { server in
            let watchers = [try await server.member("w1"), try await server.member("w2")]
            let people = [try await server.connect(), try await server.connect()]
            for _ in 0..<30 {
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for (index, person) in people.enumerated() {
                        group.addTask {
                            try await person.join("room", as: "p\(index)")
                            _ = try await person.ask("typing", ["room": "room", "is_typing": true])
                        }
                    }
                    try await group.waitForAll()
                }
                for watcher in watchers {
                    try await watcher.hears("four") { $0.heard("online_count").last?["count"] == 4 }
                    try await watcher.hears("two") {
                        $0.heard("typing_status").last?["typing_users"]?.arrayValue?.count == 2
                    }
                }
                for person in people { _ = try await person.leave() }
                for watcher in watchers {
                    try await watcher.hears("two") { $0.heard("online_count").last?["count"] == 2 }
                    try await watcher.hears("none") { $0.heard("typing_status").last?["typing_users"] == [] }
                }
            }
        }
    }

    // MARK: Reactions

    @Test func `a reaction is given and taken back, and names the message as it was named`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let sent = try await ann.say("x")
            let id = try #require(sent["message_id"]?.stringValue)
            let timestamp = try #require(sent["timestamp"]?.integerValue)
            let spellings: [JSONValue] = [
                .string(id), .string(String(id.dropFirst(4))), JSONValue(Int(id.dropFirst(4)) ?? 0),
                JSONValue(timestamp), .string("\(timestamp)"),
            ]
            var revisions: [Int] = []
            for (index, spelling) in spellings.enumerated() {
                let answer = try await bob.ask(
                    "reaction", ["room": "room", "user_id": "bob", "message_id": spelling, "reaction": "👍"])
                let isGiven = index % 2 == 0
                let expected: JSONValue = isGiven ? ["👍": ["bob"]] : .object([])
                #expect(answer["status"] == "success" && answer["message_id"] == spelling)
                let counts: JSONValue = isGiven ? ["👍": 1] : .object([])
                #expect(answer["reactions"] == expected && answer["reaction_counts"] == counts)
                try await ann.hears("the update") { $0.heard("reaction_update").count == index + 1 }
                let update = ann.heard("reaction_update")[index]
                #expect(
                    update == [
                        "message_id": spelling, "reactions": expected, "reaction_counts": counts,
                        "id": .string(id), "timestamp": JSONValue(timestamp), "room": "room",
                        "revision": update["revision"] ?? .null,
                    ])
                revisions.append(try #require(update["revision"]?.integerValue))
            }
            #expect(revisions == (0..<5).map { revisions[0] + $0 })
        }
    }

    private static let badReactions: [(JSONValue, String)] = [
        (
            ["room": "room", "message_id": "msg_999", "reaction": "👍"],
            "The message is no longer there; reload the room."
        ),
        (["room": "room", "message_id": "x", "reaction": "👍"], "A message is named by its id or its timestamp."),
        (["room": "room", "message_id": -1, "reaction": "👍"], "A message is named by its id or its timestamp."),
        (["room": "room", "message_id": 1.5, "reaction": "👍"], "Send `message_id` and `reaction`."),
        (["room": "room", "message_id": "msg_1"], "Send `message_id` and `reaction`."),
        (["room": "room", "reaction": "👍"], "Send `message_id` and `reaction`."),
        (["room": "room", "message_id": "msg_1", "reaction": ""], "A reaction is one emoji of at most 64 bytes."),
    ]

    @Test(arguments: badReactions)
    func `what is no reaction is refused with what to do`(content: JSONValue, sentence: String) async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            try await ann.say("x")
            #expect(try await ann.ask("reaction", content)["message"] == .string(sentence))
        }
    }

    // MARK: Typing

    @Test func `typing is told when it changes, and ends with the one who typed`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let cat = try await server.member("cat")
            for (isTyping, changes) in [(true, 1), (true, 1), (false, 2), (true, 3)] {
                let answer = try await bob.ask(
                    "typing", ["room": "room", "user_id": "bob", "is_typing": .bool(isTyping)])
                #expect(answer == ["status": "success"])
                // The list is that of the moment at which it is told.
                try await ann.hears("the change") { $0.heard("typing_status").count == changes }
            }
            #expect(
                ann.heard("typing_status").map { $0["typing_users"] } == [["bob"], .array([]), ["bob"]])
            #expect(
                ann.heard("typing_status")[0]
                    == ["room": "room", "typing_users": ["bob"], "user_id": "bob", "is_typing": true])
            _ = try await cat.ask("typing", ["room": "room", "is_typing": true])
            bob.client.disconnect()
            try await ann.hears("cat alone") { $0.heard("typing_status").last?["typing_users"] == ["cat"] }
            #expect(ann.heard("typing_status").last?["user_id"] == "bob")
            #expect(
                try await cat.ask("typing", ["room": "room", "is_typing": "yes"])["message"]
                    == "Send `is_typing` as true or false.")
        }
    }

    @Test func `a connection that ends is told to those who stay`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            try await ann.hears("both") { $0.heard("online_count").last?["online"] == ["ann", "bob"] }
            bob.client.disconnect()
            try await ann.hears("the farewell") { $0.heard("status").last?["msg"] == "👋 bob has disconnected" }
            try await ann.hears("who stays") {
                $0.heard("online_count").last == ["room": "room", "count": 1, "online": ["ann"]]
            }
        }
    }
}
