import Chat
import JSON
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("leave, and coming back", .timeLimit(.minutes(10)))
struct LeaveEventTests {
    @Test func `what was missed comes once and in order before the acknowledgement`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            try await bob.say("1")
            try await ann.hears("1") { $0.texts == ["1"] }
            #expect(try await ann.leave() == ["status": "success", "room": "room"])
            try await bob.say("2")
            try await bob.say("3")
            try await ann.settle()
            #expect(ann.texts == ["1"])
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
            #expect(ann.texts == ["1", "2", "3"])
            try await bob.say("4")
            try await ann.hears("4") { $0.texts == ["1", "2", "3", "4"] }
            #expect(ann.heard("message").allSatisfy { $0["is_sent"] == false })
        }
    }

    @Test func `one's own messages come back as one's own`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let other = try await server.connect()
            _ = try await ann.leave()
            try await other.join("room", as: "ann")
            try await other.say("mine")
            try await other.hears("its copy") { $0.texts == ["mine"] }
            _ = try await other.leave()
            try await ann.join("room", as: "ann")
            #expect(ann.heard("message").map { $0["is_sent"] } == [true])
        }
    }

    @Test func `a return brings nothing that was there before the first join`() async throws {
        let folder = TemporaryFolder()
        try await TestServer.run(in: folder) { server in
            let ann = try await server.member("ann")
            for number in 1...3 { try await ann.say("\(number)") }
        }
        // A new process has delivered nothing yet.
        let server = try await TestServer.start(in: folder)
        let bob = try await server.member("bob")
        _ = try await bob.leave()
        try await bob.join("room", as: "bob")
        #expect(bob.texts == [])
        await server.application.stop()
    }

    @Test func `no more is brought than the setting says, and that the newest`() async throws {
        try await TestServer.run(["--missed-most", "3"]) { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            _ = try await ann.leave()
            for number in 1...4 { try await bob.say("\(number)") }
            try await ann.join("room", as: "ann")
            #expect(ann.texts == ["2", "3", "4"])
        }
    }

    @Test func `a connection is caught up on so many rooms that it left, and not on one more`() async throws {
        try await TestServer.run(["--rooms-left-per-connection", "1"]) { server in
            try await server.application.chat.createRoom("second", password: TestServer.password)
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            for person in [ann, bob] { try await person.join("second", as: person === ann ? "ann" : "bob") }
            for room in ["room", "second"] {
                _ = try await ann.leave(room)
                try await bob.say("in \(room)", in: room)
            }
            for room in ["second", "room"] { try await ann.join(room, as: "ann") }
            #expect(ann.texts == ["in room"])
            // A room that the connection is in again gives its place to another.
            _ = try await ann.leave("second")
            try await bob.say("again", in: "second")
            try await ann.join("second", as: "ann")
            #expect(ann.texts == ["in room", "again"])
        }
    }

    @Test(arguments: 0..<3)
    func `coming and going while others write misses nothing and repeats nothing`(round: Int) async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            let writers = [try await server.member("bob"), try await server.member("cat")]
            let each = 150
            try await withThrowingTaskGroup(of: Void.self) { group in
                for writer in writers {
                    group.addTask { for number in 0..<each { try await writer.say("\(number)") } }
                }
                group.addTask {
                    for _ in 0..<40 {
                        _ = try await ann.leave()
                        try await ann.join("room", as: "ann")
                    }
                }
                try await group.waitForAll()
            }
            let all = 2 * each
            try await ann.hears("every message") { $0.texts.count >= all }
            try await writers[0].hears("every message") { $0.texts.count >= all }
            try await ann.settle()
            let ids = ann.heard("message").map { $0["id"]?.stringValue ?? "" }
            #expect(ids == writers[0].heard("message").map { $0["id"]?.stringValue ?? "" })
        }
    }

    @Test func `the one who leaves hears of it, and nothing after`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            try await ann.hears("both") { $0.heard("online_count").last?["count"] == 2 }
            ann.forget()
            _ = try await ann.leave()
            try await bob.hears("the farewell") { $0.heard("status").last?["msg"] == "👋 ann has left the room" }
            try await bob.hears("one") { $0.heard("online_count").last?["online"] == ["bob"] }
            try await bob.say("gone?")
            try await ann.settle()
            #expect(ann.heard("status").map { $0["msg"] } == ["👋 ann has left the room"])
            #expect(ann.heard("online_count").map { $0["count"] } == [1])
            #expect(ann.texts == [])
            #expect(try await ann.leave()["status"] == "error")
        }
    }

    @Test func `a room that is made again under the same id reaches nobody of the old one`() async throws {
        try await TestServer.run { server in
            let chat = server.application.chat
            let (ann, eve) = (try await server.member("ann"), try await server.member("eve"))
            for number in 1...3 { try await ann.say("old \(number)") }
            try await eve.hears("the old ones") { $0.texts.count == 3 }
            _ = try await eve.leave()
            try await chat.deleteRoom("room", for: Caller(proof: Proof(password: TestServer.password)))
            try await ann.hears("the notice") { $0.heard("status").last?["msg"] == "This room was deleted." }
            try await chat.createRoom("room", password: "a new one")
            #expect(try await ann.say("still here?")["status"] == "error")
            let bob = try await server.connect()
            try await bob.join("room", as: "bob", password: "a new one")
            for number in 1...5 { try await bob.say("new \(number)") }
            try await bob.hears("its own") { $0.texts.count == 5 }
            try await ann.settle()
            #expect(ann.texts == ["old 1", "old 2", "old 3"])
            #expect(try await ann.join("room", as: "ann")["status"] == "error")
            // Who had left the old room has missed nothing of the new one, and a name of the old one is no name here.
            #expect(try await eve.join("room", as: "eve", password: "a new one")["status"] == "success")
            #expect(try await ann.join("room", as: "ann-2", password: "a new one")["status"] == "success")
            #expect(eve.texts == ["old 1", "old 2", "old 3"])
            #expect(ann.texts == ["old 1", "old 2", "old 3"])
            try await bob.hears("three names") { $0.heard("online_count").last?["online"] == ["ann-2", "bob", "eve"] }
        }
    }
}
