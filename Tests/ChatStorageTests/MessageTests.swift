import Bytes
import ParleyTesting
import Testing

@testable import Chat

@Suite struct MessageTests {
    @Test
    func `messages are numbered from 1, and ids and timestamps grow whatever the clock does`()
        async throws
    {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let now = harness.clock.epochMilliseconds
            var messages: [Message] = []
            for offset in [0, 0, 5, -1000, 0, 10_000] {
                harness.clock.set(epochMilliseconds: now + Int64(offset))
                messages.append(try await harness.chat.post("text", by: member))
            }
            #expect(messages.map(\.sequence) == [1, 2, 3, 4, 5, 6])
            #expect(messages.map(\.timestamp) == [0, 1, 5, 6, 7, 10_000].map { now + $0 })
            #expect(messages.map(\.id) == messages.map(\.id).sorted() && Set(messages.map(\.id)).count == 6)
            #expect(messages.allSatisfy { $0.author == UserID(trusted: "ann") && $0.text == "text" })
        }
    }

    @Test
    func `rooms count for themselves, ids are the server's`() async throws {
        try await Harness.run { harness in
            try await harness.chat.createRoom("other", password: Harness.password)
            let here = try await harness.join().membership
            let there = try await harness.join(room: "other").membership
            let first = try await harness.chat.post("a", by: here)
            let second = try await harness.chat.post("b", by: there)
            #expect(first.sequence == 1 && second.sequence == 1)
            #expect(first.id < second.id)
            #expect(try await harness.chat.history(HistoryQuery(), for: there).map(\.text) == ["b"])
        }
    }

    @Test
    func `history gives the newest 100, as many as are asked for, and never more than 1,000`()
        async throws
    {
        var options = Harness.cheap
        options.limits.historyMost = 110
        try await Harness.run(options: options) { harness in
            let member = try await harness.join().membership
            try await harness.post(120, by: member)
            let pages = [(nil, 100), (1, 1), (110, 110), (111, 110), (100_000, 110)] as [(Int?, Int)]
            for (limit, count) in pages {
                let page = try await harness.chat.history(HistoryQuery(limit: limit), for: member)
                #expect(page.map(\.sequence) == Array((121 - Int64(count))...120))
            }
            for limit in [0, -1, Int.min] {
                await #expect(throws: ChatError.invalid(.historyLimit(most: 110))) {
                    try await harness.chat.history(HistoryQuery(limit: limit), for: member)
                }
            }
            #expect(ChatLimits().historyDefault == 100 && ChatLimits().historyMost == 1_000)
        }
    }

    @Test
    func `pages go before and after a message, by id and by timestamp`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let all = try await harness.post(30, by: member)
            func page(_ query: HistoryQuery) async throws -> [Int64] {
                try await harness.chat.history(query, for: member).map(\.sequence)
            }
            for place in [0, 10, 29] {
                let names: [MessageReference] = [.id(all[place].id), .timestamp(all[place].timestamp)]
                for name in names {
                    #expect(try await page(HistoryQuery(before: name)) == Array(1..<all[place].sequence))
                    #expect(try await page(HistoryQuery(after: name)) == Array(all[place].sequence..<30).map { $0 + 1 })
                }
            }
            let tenth = MessageReference.id(all[9].id)
            let twentieth = MessageReference.timestamp(all[19].timestamp)
            #expect(try await page(HistoryQuery(limit: 3, before: tenth)) == [7, 8, 9])
            #expect(try await page(HistoryQuery(limit: 3, after: tenth)) == [11, 12, 13])
            #expect(try await page(HistoryQuery(before: twentieth, after: tenth)) == Array(11...19))
            #expect(try await page(HistoryQuery(limit: 2, before: twentieth, after: tenth)) == [11, 12])
            #expect(try await page(HistoryQuery(before: tenth, after: twentieth)) == [])
            #expect(try await page(HistoryQuery(before: .id(MessageID(rawValue: 0)))) == [])
            #expect(try await page(HistoryQuery(before: .id(MessageID(rawValue: .max)))).count == 30)
            #expect(try await page(HistoryQuery(after: .id(MessageID(rawValue: .max)))) == [])
            #expect(try await page(HistoryQuery(after: .timestamp(0))).count == 30)
        }
    }

    @Test
    func `an empty room has an empty history`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            for query in [HistoryQuery(), HistoryQuery(before: .timestamp(5)), HistoryQuery(after: .timestamp(5))] {
                #expect(try await harness.chat.history(query, for: member) == [])
            }
        }
    }

    @Test
    func `a room keeps its newest messages, exactly as many as its limit`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 10
        try await Harness.run(options: options) { harness in
            let member = try await harness.join().membership
            for count in 1...25 {
                let message = try await harness.chat.post("\(count)", by: member)
                let history = try await harness.chat.history(HistoryQuery(), for: member)
                #expect(history.map(\.sequence) == Array(max(1, message.sequence - 9)...message.sequence))
            }
        }
    }

    @Test
    func `a message sent again under its client id is stored once`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let bob = try await harness.join("bob", connection: "2").membership
            let first = try await harness.chat.post("hello", clientID: "c1", by: ann)
            for _ in 0..<3 {
                let again = try await harness.chat.post("hello", clientID: "c1", by: ann)
                #expect(again == first)
            }
            let other = try await harness.chat.post("hello", clientID: "c1", by: bob)
            let next = try await harness.chat.post("hello", clientID: "c2", by: ann)
            #expect([other, next].map(\.sequence) == [2, 3])
            #expect(harness.posted.map(\.sequence) == [1, 2, 3])
            let history = try await harness.chat.history(HistoryQuery(), for: ann)
            #expect(history.map(\.clientID) == ["c1", "c1", "c2"])
        }
    }

    @Test
    func `many retries at once are one message`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let ids = try await withThrowingTaskGroup(of: MessageID.self) { group in
                for _ in 0..<50 {
                    group.addTask { try await harness.chat.post("once", clientID: "c", by: member).id }
                }
                return try await group.reduce(into: Set()) { $0.insert($1) }
            }
            #expect(ids.count == 1)
            #expect(harness.posted.count == 1)
        }
    }

    @Test
    func `the observer has every message, in order, before its sender goes on`() async throws {
        try await Harness.run { harness in
            try await withThrowingTaskGroup(of: Void.self) { group in
                for sender in 0..<8 {
                    let member = try await harness.join("user\(sender)", connection: "\(sender)").membership
                    group.addTask {
                        for number in 0..<25 {
                            let message = try await harness.chat.post("\(number)", by: member)
                            #expect(harness.posted.contains(message))
                        }
                    }
                }
                try await group.waitForAll()
            }
            #expect(harness.posted.map(\.sequence) == Array(1...200))
            #expect(harness.posted.map(\.id) == harness.posted.map(\.id).sorted())
            for sender in 0..<8 {
                let own = harness.posted.filter { $0.author.text == "user\(sender)" }
                #expect(own.map(\.text) == (0..<25).map(String.init))
            }
        }
    }

    @Test
    func `an event names the connection that it came by, if there is one`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join(connection: "socket-7").membership
            _ = try await harness.chat.post("by socket", by: member)
            let caller = Caller(.guest(name: "rest"), proof: Proof(password: Harness.password))
            _ = try await harness.chat.post("by request", in: "room", by: caller)
            let origins = harness.events.withLock { events in
                events.map { event in
                    if case .posted(let room, _, let origin) = event, room === member.room { origin } else { "other" }
                }
            }
            #expect(origins == ["socket-7", nil])
        }
    }

    @Test
    func `what was missed comes back: after a sequence, the newest 200, oldest first`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            try await harness.post(230, by: member)
            for (after, expected) in [(0, 31...230), (29, 31...230), (30, 31...230), (31, 32...230), (229, 230...230)] {
                let result = try await harness.join("bob", connection: "2", after: Int64(after))
                #expect(result.missed.map(\.sequence) == expected.map(Int64.init))
                #expect(result.lastSequence == 230)
                _ = harness.chat.leave(result.membership)
            }
            for after in [230, 231, Int64.max] {
                let result = try await harness.join("bob", connection: "2", after: after)
                #expect(result.missed == [])
                _ = harness.chat.leave(result.membership)
            }
            #expect(try await harness.join("cat", connection: "3", after: -5).missed.count == 200)
            #expect(try await harness.join("dan", connection: "4").missed == [])
        }
    }

    @Test
    func `clearing removes messages and reactions; sequences and timestamps go on`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let old = try await harness.post(3, by: member)
            _ = try await harness.chat.react("👍", to: .id(old[2].id), by: member)
            try await harness.chat.clear("room", for: Caller(proof: Proof(password: Harness.password)))
            #expect(try await harness.chat.history(HistoryQuery(), for: member) == [])
            await #expect(throws: ChatError.messageNotFound) {
                try await harness.chat.react("👍", to: .id(old[2].id), by: member)
            }
            harness.clock.set(epochMilliseconds: 0)
            let next = try await harness.chat.post("next", by: member)
            #expect(next.sequence == 4)
            #expect(next.timestamp == old[2].timestamp + 1)
            #expect(try await harness.join("bob", connection: "2", after: 1).missed.map(\.sequence) == [4])
            let cleared = harness.events.withLock { events in
                events.contains { event in
                    if case .cleared(let room) = event { room === member.room } else { false }
                }
            }
            #expect(cleared)
        }
    }
}
