import Accounts
import Bytes
import ParleyTesting
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Messages that are edited, removed and pinned") struct ChangeTests {
    @Test func `an edit takes the place of the text, and what it said is kept`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let name = MessageReference.id(try await harness.chat.post("first", by: ann).id)
            harness.clock.advance(by: .seconds(5))
            let edited = try await harness.chat.edit(name, to: "second", by: ann)
            #expect(edited.text == "second" && edited.marks.edited == harness.clock.epochMilliseconds)
            _ = try await harness.chat.edit(name, to: "third", by: ann)
            #expect(try await harness.chat.history(HistoryQuery(), for: ann).map(\.text) == ["third"])
            let caller = Caller(proof: Proof(password: Harness.password))
            let versions = try await harness.chat.versions(of: name, in: "room", for: caller)
            #expect(versions.map(\.text) == ["first", "second"] && versions[0].until == edited.marks.edited)
            #expect(harness.changes.compactMap(\.edited) == ["second", "third"])
        }
    }

    @Test func `only whoever wrote it edits a message: a guest by the token, and not by the name`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join()
            let name = MessageReference.id(try await harness.chat.post("mine", by: ann.membership).id)
            let bob = try await harness.join("bob", connection: "2").membership
            await #expect(throws: ChatError.notAuthor) { try await harness.chat.edit(name, to: "x", by: bob) }
            _ = harness.chat.leave(ann.membership)
            let stranger = try await harness.join(connection: "3").membership
            await #expect(throws: ChatError.notAuthor) { try await harness.chat.edit(name, to: "x", by: stranger) }
            await #expect(throws: ChatError.notAuthor) { try await harness.chat.remove(name, by: stranger) }
            _ = harness.chat.leave(stranger)
            let back = try await harness.join(connection: "4", guestToken: ann.guestToken).membership
            #expect(try await harness.chat.edit(name, to: "still mine", by: back).text == "still mine")
        }
    }

    @Test func `a message can be edited for as long, and as often, as the limits say`() async throws {
        var options = Harness.cheap
        options.limits.editTime = 60
        options.limits.editsPerMessage = 2
        try await Harness.run(options: options) { harness in
            let ann = try await harness.join().membership
            let first = MessageReference.id(try await harness.chat.post("1", by: ann).id)
            let second = try await harness.chat.post("2", by: ann)
            for text in ["a", "b"] { _ = try await harness.chat.edit(first, to: text, by: ann) }
            await #expect(throws: ChatError.tooManyEdits) { try await harness.chat.edit(first, to: "c", by: ann) }
            harness.clock.advance(by: .milliseconds(second.timestamp + 60_000 - harness.clock.epochMilliseconds))
            _ = try await harness.chat.edit(.id(second.id), to: "a", by: ann)
            harness.clock.advance(by: .milliseconds(1))
            await #expect(throws: ChatError.editTooLate(seconds: 60)) {
                try await harness.chat.edit(.id(second.id), to: "b", by: ann)
            }
        }
    }

    @Test func `in the lobby, too, one's own message is removed and nobody else's`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join(room: "lobby")
            let bob = try await harness.join("bob", room: "lobby", connection: "2").membership
            let names = try await harness.post(2, by: ann.membership).map { MessageReference.id($0.id) }
            await #expect(throws: ChatError.notAuthor) { try await harness.chat.remove(names[0], by: bob) }
            #expect(try await !harness.chat.remove(names[0], by: ann.membership).isByModerator)
            let caller = Caller(.guest(name: "ann", token: ann.guestToken))
            #expect(try await !harness.chat.remove(names[1], in: "lobby", by: caller).isByModerator)
        }
    }

    @Test func `of a removed message the place stays and nothing else`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join().membership
            let messages = try await harness.post(3, by: ann)
            let name = MessageReference.id(messages[1].id)
            _ = try await harness.chat.edit(name, to: "other", by: ann)
            _ = try await harness.chat.react("👍", to: name, by: ann)
            let removal = try await harness.chat.remove(name, by: ann)
            #expect(removal.place == messages[1].place && removal.user == ann.user && !removal.isByModerator)
            #expect(harness.changes.last == .removed(removal))
            #expect(try await harness.chat.history(HistoryQuery(), for: ann).map(\.text) == ["1", "3"])
            var query = HistoryQuery(limit: 2)
            #expect(try await harness.chat.history(query, for: ann).map(\.text) == ["1", "3"])
            query = HistoryQuery()
            query.includesDeleted = true
            let all = try await harness.chat.history(query, for: ann)
            #expect(all.map(\.text) == ["1", "", "3"] && all[1].marks.deleted != nil && all[1].reactions == [])
            for call in [
                { try await harness.chat.edit(name, to: "x", by: ann).id },
                { try await harness.chat.remove(name, by: ann).place.id },
                { try await harness.chat.react("👍", to: name, by: ann).place.id },
            ] as [() async throws -> MessageID] {
                await #expect(throws: ChatError.messageNotFound) { try await call() }
            }
            let caller = Caller(proof: Proof(password: Harness.password))
            await #expect(throws: ChatError.messageNotFound) {
                try await harness.chat.versions(of: name, in: "room", for: caller)
            }
        }
    }

    @Test func `what was removed is gone from the files`() async throws {
        let harness = try await Harness()
        try await harness.chat.createRoom("room", password: Harness.password)
        let ann = try await harness.join().membership
        // Longer than a page, so that it lies on pages of its own.
        let message = try await harness.chat.post(String(repeating: "long ", count: 900), by: ann)
        _ = try await harness.chat.post("short", by: ann)
        let token = try await harness.store.message(.id(message.id), of: ann.room, listedReactors: 0).token
        // Out of the middle of the token, and of its end.
        let pieces = [Array(token[200..<232]), Array(token.suffix(32))]
        _ = try await harness.chat.remove(.id(message.id), by: ann)
        _ = try await harness.chat.post("after", by: ann)
        for name in ["chat.db", "chat.db-wal"] {
            let bytes = harness.folder.bytes(of: name)
            for piece in pieces { #expect(!bytes.contains(piece), "\(name)") }
        }
        await harness.chat.close()
        let bytes = harness.folder.bytes(of: "chat.db")
        for piece in pieces { #expect(!bytes.contains(piece)) }
    }

    @Test func `a moderator removes and pins what others wrote, and edits none of it`() async throws {
        try await Harness.run { harness in
            let people = try await People(harness)
            _ = try await harness.chat.createRoom(.club(Harness.password), by: people.ann)
            let (ann, bob) = (try await people.join(people.ann, "club"), try await people.join(people.bob, "club"))
            let message = try await harness.chat.post("of bob", by: bob)
            let name = MessageReference.id(message.id)
            await #expect(throws: ChatError.notAuthor) { try await harness.chat.edit(name, to: "x", by: ann) }
            await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                try await harness.chat.pin(name, by: bob)
            }
            #expect(try await harness.chat.pin(name, by: ann).isNews)
            #expect(try await !harness.chat.pin(name, by: ann).isNews)
            let caller = Caller(.account(people.bob))
            let pins = try await harness.chat.pins(in: "club", for: caller).pins
            #expect(pins.map(\.message.text) == ["of bob"] && pins[0].user == ann.user)
            #expect(pins[0].message.marks.isPinned)
            let removal = try await harness.chat.remove(name, by: ann)
            #expect(removal.isByModerator)
            #expect(try await harness.chat.pins(in: "club", for: caller).pins.isEmpty)
        }
    }

    @Test func `a room has as many pins as its limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.pinsPerRoom = 2
        try await Harness.run(options: options) { harness in
            let people = try await People(harness)
            _ = try await harness.chat.createRoom(.club(Harness.password), by: people.ann)
            let ann = try await people.join(people.ann, "club")
            let names = try await harness.post(3, by: ann).map { MessageReference.id($0.id) }
            for name in names[..<2] { try await harness.chat.pin(name, by: ann) }
            await #expect(throws: ChatError.tooManyPins) { try await harness.chat.pin(names[2], by: ann) }
            try await harness.chat.pin(names[0], false, by: ann)
            try await harness.chat.pin(names[2], by: ann)
        }
    }
}

/// Two accounts.
struct People {
    let harness: Harness
    let ann: Account
    let bob: Account

    init(_ harness: Harness) async throws {
        self.harness = harness
        ann = try await Self.account("ann", 1, harness)
        bob = try await Self.account("bob", 2, harness)
    }

    static func account(_ name: String, _ number: UInt64, _ harness: Harness) async throws -> Account {
        try await harness.store.createAccount(
            NewAccount(
                id: UUID(high: 0, low: number), handle: Handle(name), displayName: name, email: nil,
                passwordHash: "", role: .member, created: harness.clock.epochMilliseconds, most: 10))
    }

    /// - Parameter connection: the account's handle unless told.
    func join(_ account: Account, _ room: String, connection: String? = nil) async throws -> Membership {
        let request = JoinRequest(
            room: room, caller: Caller(.account(account), proof: Proof(password: Harness.password)),
            connection: connection ?? account.handle.text)
        return harness.keep(try await harness.chat.join(request).membership)
    }
}

extension MessageChange {
    fileprivate var edited: String? { if case .edited(let message, _) = self { message.text } else { nil } }
}

extension RoomDraft {
    /// The password room `club`.
    static func club(_ password: String) -> RoomDraft {
        var draft = RoomDraft(id: "club", kind: .password)
        draft.password = password
        return draft
    }
}
