import JSON
import ParleyTesting
import Testing

@testable import ParleyApp

@Suite("Pages of history", .timeLimit(.minutes(10)))
struct HistoryTests {
    private struct Page: Sendable {
        let texts: [String]
        let ids: [String]
        let byteCount: Int
        let hasMore: String?
        let content: JSONValue
    }

    /// Asks for the messages of the room by its password.
    private func page(_ server: TestServer, _ query: String = "") async throws -> Page {
        let port = server.port
        let answer = try await offLoops {
            try WireClient(port: port).exchange(
                "GET", "/chat/room/messages?password=correct%20horse&user_id=ann\(query)")
        }
        let content = try JSONParser.parse(answer.body)
        let messages = content.arrayValue ?? []
        return Page(
            texts: messages.compactMap { $0["message"]?.stringValue },
            ids: messages.compactMap { $0["id"]?.stringValue },
            byteCount: answer.body.count, hasMore: answer.headers["x-has-more"], content: content)
    }

    @Test func `a page has no more bytes than it may, and says that there is more`() async throws {
        try await TestServer.run(["--history-bytes", "1000"]) { server in
            let ann = try await server.member("ann")
            // Quotes take two bytes each on the wire.
            for number in 1...9 { try await ann.say("\(number)" + String(repeating: "\"", count: 100)) }
            let newest = try await page(server)
            #expect(newest.byteCount <= 1000 && newest.byteCount > 500 && newest.hasMore == "true")
            var texts = newest.texts
            var first = newest.ids.first
            while let id = first {
                let page = try await page(server, "&before=\(id)")
                texts = page.texts + texts
                #expect(page.hasMore == (texts.count < 9 ? "true" : "false"))
                first = page.ids.first
            }
            #expect(texts.compactMap(\.first) == Array("123456789"))
        }
    }

    @Test func `a page that has all says so`() async throws {
        try await TestServer.run { server in
            let ann = try await server.member("ann")
            try await ann.say("x")
            let (whole, none) = (try await page(server, "&limit=1"), try await page(server, "&before=1"))
            #expect(whole.hasMore == "false" && whole.texts == ["x"])
            #expect(none.hasMore == "false" && none.texts.isEmpty)
        }
    }

    @Test func `reactions are counted where not all who gave them are named`() async throws {
        try await TestServer.run(["--listed-reactors", "1"]) { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            let id = try await ann.say("x")["message_id"] ?? .null
            for person in [ann, bob] {
                _ = try await person.ask("reaction", ["room": "room", "message_id": id, "reaction": "👍"])
            }
            try await ann.hears("both") { $0.heard("reaction_update").count == 2 }
            let update = ann.heard("reaction_update")[1]
            #expect(update["reactions"] == ["👍": ["ann"]] && update["reaction_counts"] == ["👍": 2])
            let kept = try await page(server).content[0]
            #expect(kept?["reactions"] == ["👍": ["ann"]] && kept?["reaction_counts"] == ["👍": 2])
        }
    }

    @Test func `one address has so many pages made at a time`() {
        let pages = Concurrency(most: 2)
        #expect(pages.began("192.0.2.1") && pages.began("192.0.2.1") && !pages.began("192.0.2.1"))
        #expect(pages.began("192.0.2.2"))
        pages.ended("192.0.2.1")
        #expect(pages.began("192.0.2.1") && !pages.began("::ffff:192.0.2.1"))
        // What one customer has of IPv6 counts as one.
        #expect(pages.began("2001:db8::1") && pages.began("2001:db8::2") && !pages.began("2001:db8::3"))
        #expect(pages.began("2001:db8:0:1::1"))
    }
}
