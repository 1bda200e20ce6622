import Accounts
import Bytes
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("What became of messages while a client was away") struct RevisionTests {
    private let caller = Caller(proof: Proof(password: Harness.password))

    private func changes(
        _ harness: Harness, since revision: Int64?, limit: Int? = nil, room: String = "room"
    ) async throws -> ChangePage<Message> {
        try await harness.chat.changes(since: revision, limit: limit, in: room, for: caller) { (message, _) in message }
    }

    @Test func `each message that was changed comes once, as it is now, in the order of its last change`() async throws
    {
        try await Harness.run { harness in
            let join = try await harness.join()
            let (ann, chat) = (join.membership, harness.chat)
            let names = try await harness.post(5, by: ann).map { MessageReference.id($0.id) }
            #expect(try await changes(harness, since: nil).revision == join.revision)
            #expect(try await changes(harness, since: join.revision).entries.isEmpty)
            _ = try await chat.edit(names[0], to: "first", by: ann)
            _ = try await chat.react("👍", to: names[1], by: ann)
            _ = try await chat.remove(names[2], by: ann)
            _ = try await chat.edit(names[0], to: "second", by: ann)
            let page = try await changes(harness, since: join.revision)
            #expect(page.entries.map(\.sequence) == [2, 3, 1] && !page.hasMore && !page.isReset && page.oldest == 1)
            #expect(page.entries[0].reactions == [Reaction(text: "👍", users: [ann.user])])
            #expect(page.entries[1].marks.deleted != nil && page.entries[1].text.isEmpty)
            #expect(page.entries[2].text == "second" && page.revision == join.revision + 4)
            #expect(try await changes(harness, since: page.revision).entries.isEmpty)
            // What changes nothing is no change.
            _ = try await chat.react("👍", to: names[1], .add, by: ann)
            #expect(try await changes(harness, since: nil).revision == page.revision)
            // New messages are none.
            try await harness.post(1, by: ann)
            #expect(try await changes(harness, since: page.revision).entries.isEmpty)
        }
    }

    @Test func `pins and files that go are changes, and events and joins tell the revision`() async throws {
        try await Harness.run { harness in
            let owner = try await harness.account("olga")
            _ = try await harness.chat.createRoom(RoomDraft(id: "club", kind: .open), by: owner)
            let olga = try await harness.join(owner, "club")
            let name = MessageReference.id(try await harness.chat.post("x", by: olga).id)
            let start = try await changes(harness, since: nil, room: "club").revision
            let pin = try await harness.chat.pin(name, by: olga)
            #expect(pin.revision == start + 1)
            #expect(try await harness.chat.pin(name, by: olga).revision == 0)
            let page = try await changes(harness, since: start, room: "club")
            #expect(page.entries.map(\.marks.isPinned) == [true])
            let request = JoinRequest(room: "club", caller: Caller(.account(owner)), connection: "2")
            let again = try await harness.chat.join(request)
            #expect(again.revision == start + 1)
            _ = harness.chat.leave(again.membership)
        }
    }

    @Test func `pages are bounded, and go on from where they end`() async throws {
        var options = Harness.cheap
        options.limits.historyMost = 3
        options.limits.historyBytes = 40
        try await Harness.run(options: options) { harness in
            let join = try await harness.join()
            let messages = try await harness.post(8, by: join.membership)
            for message in messages {
                _ = try await harness.chat.edit(.id(message.id), to: "x", by: join.membership)
            }
            let long = String(repeating: "x", count: 60)
            _ = try await harness.chat.edit(.id(messages[0].id), to: long, by: join.membership)
            var (found, revision, pages) = ([Int64](), join.revision, 0)
            while true {
                let page = try await changes(harness, since: revision, limit: 50)
                #expect(page.entries.count <= 3)
                found += page.entries.map(\.sequence)
                (revision, pages) = (page.revision, pages + 1)
                if !page.hasMore { break }
            }
            #expect(found == [2, 3, 4, 5, 6, 7, 8, 1] && pages == 4)
            #expect(try await changes(harness, since: nil).revision == revision)
            await #expect(throws: ChatError.invalid(.historyLimit(most: 3))) {
                try await changes(harness, since: 0, limit: 0)
            }
            await #expect(throws: ChatError.invalid(.revision)) { try await changes(harness, since: -1) }
        }
    }

    @Test func `a room that was made again, and a server that went back, have clients load all anew`() async throws {
        try await Harness.run { harness in
            let join = try await harness.join()
            let message = try await harness.post(1, by: join.membership)[0]
            _ = try await harness.chat.edit(.id(message.id), to: "x", by: join.membership)
            #expect(try await changes(harness, since: join.revision + 2).isReset)
            #expect(try await changes(harness, since: join.revision - 1).isReset)
            try await harness.chat.deleteRoom("room", for: caller)
            harness.clock.advance(by: .seconds(1))
            try await harness.chat.createRoom("room", password: Harness.password)
            let page = try await changes(harness, since: join.revision + 1)
            #expect(page.isReset && page.entries.isEmpty && page.oldest == nil)
        }
    }

    @Test func `what is cleared or over the limit is told by the oldest that is left`() async throws {
        var options = Harness.cheap
        options.limits.messagesPerRoom = 3
        try await Harness.run(options: options) { harness in
            let join = try await harness.join()
            let messages = try await harness.post(3, by: join.membership)
            _ = try await harness.chat.edit(.id(messages[0].id), to: "x", by: join.membership)
            try await harness.post(1, by: join.membership)
            let page = try await changes(harness, since: join.revision)
            #expect(page.entries.isEmpty && page.oldest == 2 && page.revision == join.revision + 1)
            try await harness.chat.clear("room", for: caller)
            let after = try await changes(harness, since: page.revision)
            #expect(after.oldest == nil && after.revision == page.revision)
            // It goes on from where it was.
            let next = try await harness.post(1, by: join.membership)[0]
            _ = try await harness.chat.edit(.id(next.id), to: "y", by: join.membership)
            #expect(try await changes(harness, since: page.revision).entries.map(\.text) == ["y"])
        }
    }

    @Test func `only who may read a room is told`() async throws {
        try await Harness.run { harness in
            for room in ["room", "nowhere"] {
                await #expect(throws: ChatError.accessDenied(.noProof)) {
                    try await harness.chat.changes(since: nil, in: room, for: Caller()) { (message, _) in message }
                }
            }
        }
    }
}
