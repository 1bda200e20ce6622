import Accounts
import Bytes
import Cryptography
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Search") struct SearchTests {
    private func texts(_ page: SearchPage) -> [String] { page.hits.map(\.message.text) }

    @Test func `words and phrases are found whatever their case and accents, the newest first`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            for text in [
                "Ein Käfig voller Narren", "kafig", "the quick brown fox", "quick, the fox is brown", "ÉTÉ à Besançon",
                "Привет, МИР", "日本語の文章", "naïve: http://x.example/a",
            ] {
                _ = try await harness.chat.post(text, by: ann)
            }
            let expectations: [(String, [String])] = [
                ("KÄFIG", ["kafig", "Ein Käfig voller Narren"]), ("narr kaf", ["Ein Käfig voller Narren"]),
                ("quick fox", ["quick, the fox is brown", "the quick brown fox"]),
                ("\"quick brown\"", ["the quick brown fox"]), ("ete besancon", ["ÉTÉ à Besançon"]),
                ("привет мир", ["Привет, МИР"]), ("本語", ["日本語の文章"]),
                ("http://x.example", ["naïve: http://x.example/a"]),
                ("naive:", ["naïve: http://x.example/a"]), ("nowhere", []),
                ("\"fox", ["quick, the fox is brown", "the quick brown fox"]),
            ]
            for (query, expected) in expectations {
                #expect(try await texts(harness.chat.search(SearchRequest(query), for: ann)) == expected, "\(query)")
            }
        }
    }

    @Test func `filters: who, where, when, and files`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join("Ann").membership
            let bob = try await harness.join("bob", connection: "2").membership
            _ = try await harness.chat.post("one", by: ann)
            harness.clock.advance(by: .seconds(86_400))
            _ = try await harness.chat.post("two", by: bob)
            harness.clock.advance(by: .seconds(86_400))
            let three = try await harness.chat.post("three", by: ann)
            try await harness.store.write { (log, _) in
                _ = try log.database.run("UPDATE messages SET files = 1 WHERE id = ?", .integer(three.id.rawValue))
            }
            let expectations: [(String, [String])] = [
                ("from:ann", ["three", "one"]), ("from:@BOB", ["two"]), ("from:ann t", ["three"]),
                ("before:2024-01-02", ["one"]), ("after:2024-01-01", ["three", "two"]),
                ("after:2024-01-01 before:2024-01-03", ["two"]), ("has:file", ["three"]), ("has:file from:bob", []),
                ("in:room t", ["three", "two"]), ("in:other t", []), ("before:2024-01-01", []),
            ]
            for (query, expected) in expectations {
                #expect(try await texts(harness.chat.search(SearchRequest(query), for: ann)) == expected, "\(query)")
            }
        }
    }

    @Test func `what cannot be searched for is refused`() async throws {
        var options = Harness.cheap
        options.limits.searchLength = 10
        options.limits.searchMost = 3
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            func search(_ text: String, limit: Int? = nil) async throws -> SearchPage {
                var request = SearchRequest(text)
                request.limit = limit
                return try await harness.chat.search(request, for: ann)
            }
            _ = try await search(String(repeating: "é", count: 10), limit: 3)
            await #expect(throws: ChatError.invalid(.searchTooLong(longest: 10))) {
                try await search(String(repeating: "é", count: 11))
            }
            for text in ["", "  ", "\"\"", "\" "] {
                await #expect(throws: ChatError.invalid(.emptySearch), "\(text)") { try await search(text) }
            }
            await #expect(throws: ChatError.invalid(.date)) { try await search("after:2024") }
            for limit in [0, 4] {
                await #expect(throws: ChatError.invalid(.searchLimit(most: 3))) { try await search("x", limit: limit) }
            }
        }
    }

    @Test func `results come a page at a time, with what stands about them`() async throws {
        var options = Harness.cheap
        options.limits.searchContext = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            for number in 1...9 { _ = try await harness.chat.post(number % 2 == 1 ? "odd \(number)" : "even", by: ann) }
            var request = SearchRequest("odd")
            request.limit = 2
            request.context = 9
            var pages: [[String]] = []
            repeat {
                let page = try await harness.chat.search(request, for: ann)
                pages.append(texts(page))
                request.before = page.next
                if pages.count == 1 {
                    #expect(page.hits[1].before.map(\.text) == ["odd 5", "even"])
                    #expect(page.hits[1].after.map(\.text) == ["even", "odd 9"])
                }
            } while request.before != nil && pages.count < 9
            #expect(pages.flatMap { $0 } == ["odd 9", "odd 7", "odd 5", "odd 3", "odd 1"])
            #expect(pages.allSatisfy { $0.count <= 2 })
        }
    }

    @Test func `an account searches the rooms that it belongs to, in one order, and no others`() async throws {
        try await Harness.run { harness in
            let people = try await People(harness)
            _ = try await harness.chat.createRoom(.club(Harness.password), by: people.ann)
            try await harness.chat.createRoom("secret", password: Harness.password)
            let members = [
                try await people.join(people.ann, "club"), try await people.join(people.ann, "lobby", connection: "2"),
            ]
            let other = try await harness.join("x", room: "secret", connection: "3").membership
            for number in 0..<6 { _ = try await harness.chat.post("word \(number)", by: members[number % 2]) }
            _ = try await harness.chat.post("word of others", by: other)
            var request = SearchRequest("word")
            request.limit = 4
            let first = try await harness.chat.search(request, for: people.ann, proof: Proof())
            #expect(texts(first) == ["word 5", "word 4", "word 3", "word 2"])
            request.before = first.next
            let rest = try await harness.chat.search(request, for: people.ann, proof: Proof())
            #expect(texts(rest) == ["word 1", "word 0"])
            let inside = try await harness.chat.search(SearchRequest("word in:lobby"), for: people.ann, proof: Proof())
            #expect(texts(inside) == ["word 5", "word 3", "word 1"])
            await #expect(throws: ChatError.accessDenied(.noProof)) {
                try await harness.chat.search(SearchRequest("word in:secret"), for: people.ann, proof: Proof())
            }
            #expect(try await harness.chat.search(SearchRequest("word"), for: people.bob, proof: Proof()).hits.isEmpty)
        }
    }

    @Test func `removed messages are not found, nor what a message said before an edit`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let names = try await harness.post(2, by: ann).map { MessageReference.id($0.id) }
            _ = try await harness.chat.edit(names[0], to: "new", by: ann)
            _ = try await harness.chat.remove(names[1], by: ann)
            for text in ["1", "2"] {
                #expect(try await harness.chat.search(SearchRequest(text), for: ann).hits.isEmpty)
            }
            #expect(try await harness.chat.search(SearchRequest("new"), for: ann).hits.count == 1)
        }
    }

    @Test func `a search looks at as many messages as the limit, and says where to go on`() async throws {
        var options = Harness.cheap
        options.limits.searchScan = 1
        options.limits.messagesPerRoom = 100_000
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await fill(ann, harness, 20_000, wordAt: [3, 19_999])
            var request = SearchRequest("needle")
            let first = try await harness.chat.search(request, for: ann)
            #expect(texts(first) == ["needle 19999"] && first.scanned == 8192)
            var found: [String] = []
            var last = first
            while let next = last.next {
                request.before = next
                last = try await harness.chat.search(request, for: ann)
                found += texts(last)
            }
            #expect(found == ["needle 3"])
        }
    }

    @Test func `many results end a search early, and the pages have all of them`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 100_000
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await fill(ann, harness, 10_000, wordAt: Set(stride(from: 0, to: 10_000, by: 100)))
            var request = SearchRequest("needle")
            request.limit = 30
            var found: [String] = []
            repeat {
                let page = try await harness.chat.search(request, for: ann)
                found += texts(page)
                request.before = page.next
            } while request.before != nil && found.count < 200
            #expect(found == (0..<100).reversed().map { "needle \($0 * 100)" })
        }
    }

    @Test func `a newer search of the same person takes the place of the one that runs`() throws {
        let desk = SearchDesk(most: 2)
        let first = try desk.begin(.unknown)
        let second = try desk.begin(.unknown)
        #expect(first.isCancelled && !second.isCancelled && desk.count == 1)
        desk.end(.unknown, first)
        #expect(desk.count == 1)
        let address = try #require(IPAddress("192.0.2.1"))
        _ = try desk.begin(.subscriber(address))
        let person = SearchDesk.Searcher.person(PersonID(UUID(high: 1, low: 1)))
        #expect(throws: ChatError.busy) { try desk.begin(person) }
        desk.end(.unknown, second)
        _ = try desk.begin(person)
    }

    @Test func `texts are compared without case and accents`() {
        func folded(_ text: String) -> String { String(decoding: TextFolding.folded(text), as: UTF8.self) }
        for (text, expected) in [
            ("ABC xyz 019 [`{", "abc xyz 019 [`{"), ("Ärger Ça ÑØ", "arger ca nø"), ("e\u{301}", "e"), ("ΆΛΦΑ", "αλφα"),
            ("Ёж", "еж"), ("ẞ", "ß"), ("Ⱥ", "ⱥ"), ("İ", "i"), ("日本 😀 한국", "日本 😀 한국"), ("हिन्दी", "हिन्दी"), ("", ""),
        ] {
            #expect(folded(text) == folded(expected) && folded(text) == expected, "\(text)")
        }
        // No text at all.
        let noise: [[UInt8]] = [
            [0xc3], [0xe1, 0x80], [0xff, 0xc3, 0x28], [0xe0, 0x80, 0x80], [0x80], [0xc3, 0xc3, 0xa4],
        ]
        for bytes in noise {
            let isFound = TextMatcher(["x"]).matches(bytes.span.bytes)
            #expect(!isFound)
        }
    }

    /// Posts texts without the way over commits, with `needle` in some.
    private func fill(_ member: Membership, _ harness: Harness, _ count: Int, wordAt places: Set<Int>) async throws {
        try await harness.store.write { (log, _) in
            for number in 0..<count {
                var events: [StoreEvent] = []
                let text = places.contains(number) ? "needle \(number)" : "hay"
                let token = try member.room.fernet.encrypt(text)
                let draft = MessageDraft(
                    room: member.room, author: Author(member), token: token, clientID: nil, text: text, origin: nil)
                _ = try log.append(draft, &events)
            }
        }
    }
}
