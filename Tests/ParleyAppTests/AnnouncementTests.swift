import JSON
import Testing

@testable import ParleyApp

@Suite("Announcements in a storm", .timeLimit(.minutes(10)))
struct AnnouncementTests {
    private static let joined = "has joined the room"

    private func lines(_ person: Person) -> [String] { person.heard("status").compactMap { $0["msg"]?.stringValue } }

    @Test func `beyond the burst the others wait, and the newcomer does not`() async throws {
        try await TestServer.run(["--announcement-burst", "2", "--announcement-interval", "60s"]) { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            try await ann.hears("both") { $0.heard("online_count").last?["count"] == 2 }
            let cat = try await server.member("cat")
            try await cat.hears("its own welcome") { $0.heard("online_count").last?["count"] == 3 }
            #expect(lines(cat) == ["👋 cat \(Self.joined)"])
            #expect(cat.heard("online_count").last?["online"] == ["ann", "bob", "cat"])
            // The one who leaves hears of it at once as well.
            _ = try await cat.leave()
            #expect(lines(cat).last == "👋 cat has left the room")
            try await ann.settle()
            try await bob.settle()
            #expect(lines(ann) == ["👋 ann \(Self.joined)", "👋 bob \(Self.joined)"])
            #expect(lines(bob) == ["👋 bob \(Self.joined)"])
            // What members say waits for nobody.
            try await bob.say("hello")
            try await ann.hears("it") { $0.texts == ["hello"] }
        }
    }

    @Test func `a few are told one by one when the time has come, and to nobody twice`() async throws {
        try await TestServer.run(["--announcement-burst", "1", "--announcement-interval", "200ms"]) { server in
            let ann = try await server.member("ann")
            var others: [Person] = []
            for name in ["bob", "cat", "dan"] { others.append(try await server.member(name)) }
            let all = ["ann", "bob", "cat", "dan"].map { "👋 \($0) \(Self.joined)" }
            try await ann.hears("everybody") { lines($0).count >= all.count }
            #expect(lines(ann) == all)
            #expect(ann.heard("online_count").last?["count"] == 4)
            // What was told to all of them is here by now.
            for person in others { try await person.settle() }
            for (index, person) in others.enumerated() {
                let name = ["bob", "cat", "dan"][index]
                #expect(lines(person).count { $0 == "👋 \(name) \(Self.joined)" } == 1)
            }
        }
    }

    @Test func `many are told in one line, with an exact count`() async throws {
        try await TestServer.run(["--announcement-burst", "1", "--announcement-interval", "1s"]) { server in
            let ann = try await server.member("ann")
            try await withThrowingTaskGroup(of: Void.self) { group in
                for number in 0..<30 {
                    group.addTask {
                        let person = try await server.member("guest \(number)")
                        try await person.hears("everybody") { $0.heard("online_count").last?["count"] == 31 }
                    }
                }
                try await group.waitForAll()
            }
            // All lines together name or count each of them once.
            let told = { (person: Person) in lines(person).dropFirst().reduce(0) { $0 + Self.count($1) } }
            try await ann.hears("everybody") { told($0) >= 30 }
            #expect(told(ann) == 30, "\(lines(ann))")
            #expect(ann.heard("online_count").count < 31)
        }
    }

    /// How many a line says have joined: `a, b and 5 others have joined the room`.
    private static func count(_ line: String) -> Int {
        guard line.hasSuffix("joined the room") else { return 0 }
        let names = line.dropFirst(2).replacing(" has joined the room", with: "")
            .replacing(" have joined the room", with: "").replacing(" and ", with: ", ").split(separator: ", ")
        return names.reduce(0) { sum, name in
            let words = name.split(separator: " ")
            return sum + (words.last?.hasPrefix("other") == true ? Int(words[0]) ?? 0 : 1)
        }
    }

    @Test func `of many who type the list is told`() async throws {
        try await TestServer.run(["--announcement-burst", "3", "--announcement-interval", "200ms"]) { server in
            let ann = try await server.member("ann")
            var others: [Person] = []
            for number in 0..<9 { others.append(try await server.member("guest \(number)")) }
            for person in others { _ = try await person.ask("typing", ["room": "room", "is_typing": true]) }
            try await ann.hears("nine") { $0.heard("typing_status").last?["typing_users"]?.arrayValue?.count == 9 }
            for person in others { _ = try await person.ask("typing", ["room": "room", "is_typing": false]) }
            try await ann.hears("none") { $0.heard("typing_status").last?["typing_users"] == [] }
            let last = ann.heard("typing_status").last
            #expect(last?["is_typing"] == false && last?["user_id"] == "guest 8" && last?["room"] == "room")
        }
    }
}
