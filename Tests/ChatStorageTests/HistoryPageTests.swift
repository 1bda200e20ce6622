import ParleyTesting
import Testing

@testable import Chat

/// Pages of history that would have more than they may.
@Suite struct HistoryPageTests {
    /// Posts texts of so many bytes in all, their author's name among them.
    private func post(_ sizes: [Int], _ harness: Harness, by member: Membership) async throws {
        for size in sizes {
            _ = try await harness.chat.post(String(repeating: "x", count: size - "ann".utf8.count), by: member)
        }
    }

    private func page(_ query: HistoryQuery, _ harness: Harness) async throws -> HistoryPage<Message> {
        try await harness.chat.history(query, in: "room", for: Caller(proof: Proof(password: Harness.password))) {
            (message, _) in
            message
        }
    }

    @Test
    func `a page ends where one more message would be too many bytes`() async throws {
        var options = Harness.cheap
        options.limits.historyBytes = 300
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await post([100, 100, 100], harness, by: ann)
            let whole = try await page(HistoryQuery(), harness)
            #expect(whole.entries.count == 3 && !whole.hasMore)
            try await post([101], harness, by: ann)
            let newest = try await page(HistoryQuery(), harness)
            #expect(newest.entries.map(\.sequence) == [3, 4] && newest.hasMore)
            let oldest = try await page(HistoryQuery(after: .id(MessageID(rawValue: 0))), harness)
            #expect(oldest.entries.map(\.sequence) == [1, 2, 3] && oldest.hasMore)
        }
    }

    @Test
    func `a message larger than a page is a page`() async throws {
        var options = Harness.cheap
        options.limits.historyBytes = 50
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await post([100, 20, 100], harness, by: ann)
            let newest = try await page(HistoryQuery(), harness)
            #expect(newest.entries.map(\.sequence) == [3] && newest.hasMore)
        }
    }

    /// More messages than the store reads at once.
    @Test
    func `paging either way by what was given loses nothing`() async throws {
        var options = Harness.cheap
        options.limits.historyBytes = 1000
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await post((0..<100).map { 10 + $0 * 7 % 97 }, harness, by: ann)
            var backward: [Int64] = []
            var query = HistoryQuery(limit: 1000)
            while true {
                let page = try await page(query, harness)
                backward.insert(contentsOf: page.entries.map(\.sequence), at: 0)
                query.before = page.entries.first.map { .id($0.id) }
                guard page.hasMore else { break }
            }
            #expect(backward == Array(1...100))
            var forward: [Int64] = []
            query = HistoryQuery(limit: 1000, after: .id(MessageID(rawValue: 0)))
            while true {
                let page = try await page(query, harness)
                forward += page.entries.map(\.sequence)
                query.after = page.entries.last.map { .id($0.id) }
                guard page.hasMore else { break }
            }
            #expect(forward == Array(1...100))
        }
    }

    @Test
    func `a page says whether there are further messages, also at what is read at once`()
        async throws
    {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            try await harness.post(64, by: ann)
            for (limit, hasMore) in [
                (1, true), (31, true), (32, true), (33, true), (63, true), (64, false), (65, false),
            ] {
                for query in [
                    HistoryQuery(limit: limit), HistoryQuery(limit: limit, after: .timestamp(1_000_000_000_000)),
                ] {
                    let page = try await page(query, harness)
                    #expect(page.entries.count == min(limit, 64) && page.hasMore == hasMore, "\(query)")
                }
            }
        }
    }

    @Test
    func `who comes back is brought the newest that there is room for`() async throws {
        var options = Harness.cheap
        options.limits.missedBytes = 300
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await post([100, 100, 100], harness, by: ann)
            #expect(try await harness.join("bob", connection: "2", after: 0).missed.map(\.sequence) == [1, 2, 3])
            try await post([101], harness, by: ann)
            #expect(try await harness.join("cat", connection: "3", after: 0).missed.map(\.sequence) == [3, 4])
        }
    }

    @Test
    func `of those who reacted so many are named and all are counted`() async throws {
        var options = Harness.cheap
        options.limits.listedReactors = 2
        options.limits.membersPerReaction = 3
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let message = MessageReference.id(try await harness.post(1, by: ann)[0].id)
            var counts: [Int] = []
            for (number, name) in ["ann", "bob", "cat"].enumerated() {
                let member = try await harness.join(name, connection: "\(number + 1)").membership
                let update = try await harness.chat.react("👍", to: message, by: member)
                counts.append(update.reactions[0].count)
                #expect(update.reactions[0].users.map(\.text) == Array(["ann", "bob"].prefix(number + 1)))
            }
            #expect(counts == [1, 2, 3])
            let kept = try await page(HistoryQuery(), harness).entries[0].reactions
            #expect(kept.map(\.count) == [3] && kept[0].users.map(\.text) == ["ann", "bob"])
            // Also who is not named may take it back, and the limit of members counts all.
            let dan = try await harness.join("dan", connection: "4").membership
            await #expect(throws: ChatError.tooManyReactions) {
                try await harness.chat.react("👍", to: message, by: dan)
            }
            let cat = try await harness.join("cat", connection: "3").membership
            #expect(try await harness.chat.react("👍", to: message, by: cat).reactions.map(\.count) == [2])
            #expect(try await harness.chat.react("👍", to: message, by: dan).reactions.map(\.count) == [3])
        }
    }
}
