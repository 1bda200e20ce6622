import Accounts
import Bytes
import Cryptography
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("What was read") struct ReadTests {
    private func spellings(_ messages: [Message]) -> [MessageSpelling] { messages.map { .text("msg_\($0.id)") } }

    @Test func `who names messages has read them and all before, and each counts once`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let bob = try await harness.join("bob", connection: "2").membership
            let messages = try await harness.post(4, by: ann)
            let first = try await harness.chat.markRead(spellings(Array(messages[1...2])), by: bob)
            #expect(first.sequence == 3 && first.messages == spellings(Array(messages[1...2])) && first.isPublic)
            // What is behind the marker has been read, and what there is not counts for nothing.
            let again = try await harness.chat.markRead(
                spellings(messages) + [.text("msg_999999"), .number(messages[3].timestamp)], by: bob)
            #expect(again.sequence == 4 && again.messages == spellings([messages[3]]))
            let none = try await harness.chat.markRead(spellings(messages), by: bob)
            #expect(none.messages == [] && harness.changes == [.read(first), .read(again)])
            let caller = Caller(proof: Proof(password: Harness.password))
            #expect(try await harness.chat.readMarks(in: "room", for: caller).map(\.sequence) == [4])
        }
    }

    @Test func `as many messages are named at once as the limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.readAtOnce = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let names = spellings(try await harness.post(3, by: ann))
            _ = try await harness.chat.markRead(Array(names[..<2]), by: ann)
            for names in [names, []] {
                await #expect(throws: ChatError.invalid(.tooManyReferences(most: 2))) {
                    try await harness.chat.markRead(names, by: ann)
                }
            }
        }
    }

    @Test func `a marker goes forward, and back only for who wants to see something again`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let messages = try await harness.post(4, by: ann)
            func mark(_ sequence: Int64, isUnread: Bool = false) async throws -> Int64 {
                try await harness.chat.setRead(ReadPlace(.sequence(sequence), isUnread: isUnread), by: ann).sequence
            }
            #expect(try await mark(3) == 3)
            #expect(try await mark(2) == 3)
            #expect(try await mark(.max) == 4)
            #expect(try await mark(2, isUnread: true) == 1)
            #expect(try await mark(4, isUnread: true) == 1)
            #expect(try await mark(0, isUnread: true) == 0)
            let place = ReadPlace(.message(.id(messages[2].id)))
            #expect(try await harness.chat.setRead(place, by: ann).sequence == 3)
            await #expect(throws: ChatError.invalid(.sequence)) { try await mark(-1) }
        }
    }

    @Test func `unread and mentions are counted for each room, and survive a restart`() async throws {
        let harness = try await Harness()
        try await harness.chat.createRoom("room", password: Harness.password)
        let people = try await People(harness)
        _ = try await harness.chat.post(
            "before", in: "room", by: Caller(.guest(name: "x"), proof: Proof(password: Harness.password)))
        harness.clock.advance(by: .seconds(1))
        let bob = try await people.join(people.bob, "room")
        let ann = try await people.join(people.ann, "room")
        harness.clock.advance(by: .seconds(1))
        let messages = try await harness.post(3, by: ann)
        _ = try await harness.chat.post("hello @bob", by: ann)
        _ = try await harness.chat.post("my own", by: bob)
        _ = try await harness.chat.remove(.id(messages[1].id), by: ann)
        // What was said before one came is not new.
        let first = UnreadRoom(room: RoomID(trusted: "room"), read: 1, last: 6, count: 3, mentions: 1)
        #expect(try await harness.chat.unread(of: people.bob).rooms == [first])
        _ = try await harness.chat.setRead(ReadPlace(.sequence(2)), by: bob)
        await harness.chat.close()
        let store = try SQLiteStore(
            path: harness.folder.file("chat.db"), keyring: harness.keyring, clock: harness.clock)
        let rest = UnreadRoom(room: RoomID(trusted: "room"), read: 2, last: 6, count: 2, mentions: 1)
        let found = try await store.unread(
            of: people.bob.key, person: PersonID(people.bob.id), after: nil, limit: 9, most: 100)
        #expect(found == [rest])
        await store.close()
    }

    @Test func `unread messages are counted as far as the limit, and rooms a page at a time`() async throws {
        var options = Harness.cheap
        options.limits.unreadMost = 2
        options.limits.unreadRooms = 1
        try await Harness.run(options: options) { harness in
            let people = try await People(harness)
            let ann = try await people.join(people.ann, "room")
            for room in ["room", "lobby"] { _ = try await people.join(people.bob, room, connection: room) }
            harness.clock.advance(by: .seconds(1))
            _ = try await harness.post(3, by: ann)
            let first = try await harness.chat.unread(of: people.bob)
            #expect(first.rooms.map(\.room) == [.lobby] && first.hasMore)
            let rest = try await harness.chat.unread(of: people.bob, after: "lobby")
            #expect(rest.rooms.map(\.count) == [2] && !rest.hasMore)
        }
    }

    @Test func `who does not want it told is not told of`() async throws {
        try await Harness.run { harness in
            let people = try await People(harness)
            let ann = try await people.join(people.ann, "room")
            _ = try await harness.post(2, by: ann)
            #expect(try await harness.chat.receipts(of: people.ann))
            try await harness.chat.setReceipts(false, of: people.ann)
            let change = try await harness.chat.setRead(ReadPlace(.sequence(1)), by: ann)
            #expect(change.sequence == 1 && !change.isPublic)
            #expect(try await harness.chat.readMarks(in: "room", for: Caller(.account(people.ann))).isEmpty)
        }
    }

    @Test func `a room remembers as many guests as the limit, and all its accounts`() async throws {
        var options = Harness.cheap
        options.limits.readersPerRoom = 2
        try await Harness.run(options: options) { harness in
            let people = try await People(harness)
            let ann = try await people.join(people.ann, "room")
            _ = try await harness.post(1, by: ann)
            _ = try await harness.chat.setRead(ReadPlace(.sequence(1)), by: ann)
            for name in ["x", "y", "z"] {
                harness.clock.advance(by: .seconds(1))
                let guest = try await harness.join(name, connection: name).membership
                _ = try await harness.chat.setRead(ReadPlace(.sequence(1)), by: guest)
            }
            let marks = try await harness.chat.readMarks(in: "room", for: Caller(.account(people.ann)))
            #expect(marks.map(\.user.text) == ["z", "ann"])
        }
    }
}
