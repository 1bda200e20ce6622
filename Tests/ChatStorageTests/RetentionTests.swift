import Accounts
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("What rooms keep") struct RetentionTests {
    private func texts(_ harness: Harness, _ room: String = "room") async throws -> [String] {
        let caller = Caller(proof: Proof(password: Harness.password))
        return try await harness.chat.history(HistoryQuery(), in: room, for: caller).map(\.text)
    }

    private func limit(_ harness: Harness, messages: Int64? = nil, seconds: Int64? = nil) async throws {
        try await harness.store.write { (log, _) in
            try log.database.run(
                "UPDATE rooms SET kept_messages = ?, kept_seconds = ? WHERE id = 'room'",
                messages.map { .integer($0) } ?? .null, seconds.map { .integer($0) } ?? .null)
            let key = try log.database.integer("SELECT key FROM rooms WHERE id = 'room'")
            log.retentionChanged(of: RoomKey(rawValue: key))
        }
    }

    @Test func `a room's own number goes before the server's`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 4
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            try await harness.post(5, by: ann)
            #expect(try await texts(harness) == ["2", "3", "4", "5"])
            try await limit(harness, messages: 2)
            #expect(try await texts(harness) == ["4", "5"])
            try await limit(harness, messages: 6)
            try await harness.post(5, by: ann)
            #expect(try await texts(harness) == ["5", "1", "2", "3", "4", "5"])
        }
    }

    @Test func `what is too old goes with the next message, and not a millisecond before`() async throws {
        let harness = try await Harness(lifetime: 60)
        try await harness.chat.createRoom("room", password: Harness.password)
        let ann = try await harness.join().membership
        let first = try await harness.chat.post("first", by: ann)
        harness.clock.set(epochMilliseconds: first.timestamp + 60_000)
        _ = try await harness.chat.post("second", by: ann)
        #expect(try await texts(harness) == ["first", "second"])
        harness.clock.advance(by: .milliseconds(1))
        _ = try await harness.chat.post("third", by: ann)
        #expect(try await texts(harness) == ["second", "third"])
        await harness.chat.close()
    }

    @Test func `a sweep removes what is too old where nobody posts, and numbers go on`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            try await harness.post(3, by: ann)
            try await limit(harness, seconds: 10)
            try await harness.chat.sweepMessages()
            #expect(try await texts(harness) == ["1", "2", "3"])
            harness.clock.advance(by: .seconds(11))
            try await harness.chat.sweepMessages()
            #expect(try await texts(harness) == [])
            #expect(try await harness.chat.post("next", by: ann).sequence == 4)
        }
    }

    @Test func `numbers go on after a restart, when all was too old`() async throws {
        let harness = try await Harness(lifetime: 10)
        try await harness.chat.createRoom("room", password: Harness.password)
        let ann = try await harness.join().membership
        try await harness.post(3, by: ann)
        harness.clock.advance(by: .seconds(11))
        try await harness.chat.sweepMessages()
        await harness.chat.close()
        let store = try SQLiteStore(
            path: harness.folder.file("chat.db"), keyring: harness.keyring, clock: harness.clock)
        #expect(try await store.room(RoomID(trusted: "room"))?.lastSequence == 3)
        await store.close()
    }

    @Test func `a limit that is made much smaller is followed in steps`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            try await harness.store.write { (log, _) in
                for number in 1...5_000 {
                    var events: [StoreEvent] = []
                    let draft = MessageDraft(
                        room: ann.room, author: Author(ann), token: [0x78], clientID: nil, text: "", origin: nil)
                    let message = try log.append(draft, &events)
                    #expect(message.sequence == number)
                }
            }
            func count() async throws -> Int64 {
                try await harness.store.write { (log, _) in try log.database.integer("SELECT count(*) FROM messages") }
            }
            try await limit(harness, messages: 1)
            // One step went with that change, one goes with each further commit.
            #expect(try await count() == 3_000)
            try await harness.chat.sweepMessages()
            #expect(try await count() == 1)
        }
    }
}
