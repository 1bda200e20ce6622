import Chat
import EngineIO
import JSON
import ParleyTesting
import SocketIOClient
import Testing

@testable import ParleyApp

@Suite("A server's life", .timeLimit(.minutes(10)))
struct ServerLifeTests {
    @Test func `history is there after a restart, in order and encrypted on disk`() async throws {
        let folder = TemporaryFolder()
        try await TestServer.run(in: folder) { server in
            let ann = try await server.member("ann")
            for number in 1...20 { try await ann.say("a very secret text \(number)") }
        }
        let file = folder.names.filter { $0.hasPrefix("parley.db") }.flatMap { folder.bytes(of: $0) }
        #expect(!file.isEmpty)
        #expect(!String(decoding: file, as: UTF8.self).contains("very secret"))
        let server = try await TestServer.start(in: folder)
        let history = try await server.application.chat.history(
            HistoryQuery(), in: "room", for: Caller(proof: Proof(password: TestServer.password)))
        #expect(history.map(\.text) == (1...20).map { "a very secret text \($0)" })
        await server.application.stop()
    }

    @Test func `a stop acknowledges what it has taken, tells the clients, and keeps it`() async throws {
        let folder = TemporaryFolder()
        let server = try await TestServer.start(in: folder)
        try await server.application.chat.createRoom("room", password: TestServer.password)
        let ann = try await server.member("ann")
        let watcher = try await server.member("bob")
        async let answers = withTaskGroup(of: (Int, JSONValue?).self) { group in
            for number in 0..<300 {
                group.addTask { (number, try? await ann.say("\(number)")) }
            }
            var all: [(Int, JSONValue?)] = []
            for await answer in group { all.append(answer) }
            return all
        }
        try await watcher.hears("the first of them") { !$0.texts.isEmpty }
        await server.application.stop()
        let accepted = await answers.filter { $0.1?["status"] == "success" }.map { "\($0.0)" }
        for person in [ann, watcher] { try await person.hears("the end") { !$0.heard("disconnect").isEmpty } }

        let again = try await TestServer.start(in: folder)
        let history = try await again.application.chat.history(
            HistoryQuery(limit: 1000), in: "room", for: Caller(proof: Proof(password: TestServer.password)))
        await again.application.stop()
        let kept = history.map(\.text)
        #expect(Set(kept).count == kept.count)
        #expect(!accepted.isEmpty && Set(accepted).isSubset(of: kept))
        // Whatever was kept was answered: the loops wait for what the store has committed.
        #expect(Set(kept) == Set(accepted))
    }

    @Test func `an event that comes while the server stops is refused`() async throws {
        let underWay = UnderWay()
        #expect(underWay.began())
        async let end: Void = underWay.untilNone()
        while underWay.began() {
            underWay.ended()
            await Task.yield()
        }
        // What comes later is not waited for, so that a busy client cannot keep the server from its end.
        underWay.ended()
        await end
        #expect(!underWay.began())
    }

    @Test func `a client may send little before it has joined a room, and much afterwards`() async throws {
        let options = ["--max-payload-before-join", "2000", "--max-payload", "20000", "--message-length", "15000"]
        try await TestServer.run(options) { server in
            let ann = try await server.member("ann")
            let long = String(repeating: "x", count: 10_000)
            #expect(try await ann.say(long)["status"] == "success")
            let stranger = try await server.connect()
            stranger.client.emit("message", ["room": "room", "message": .string(long)])
            try await stranger.hears("the end") { !$0.heard("disconnect").isEmpty }
            let poller = try await server.connect(transports: [.polling])
            poller.client.emit("message", ["room": "room", "message": .string(long)])
            try await poller.hears("the end") { !$0.heard("disconnect").isEmpty }
        }
    }

    @Test func `recovery is off unless told, and adds its argument only then`() async throws {
        for (arguments, count) in [([], 1), (["--recovery", "on"], 2)] as [([String], Int)] {
            try await TestServer.run(arguments) { server in
                let ann = try await server.connect()
                let counts = ann.client.events("message")
                try await ann.join("room", as: "ann")
                try await ann.say("x")
                var messages = counts.makeAsyncIterator()
                #expect(await messages.next()?.count == count)
            }
        }
    }
}
