import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@testable import Chat

@Suite struct MembershipTests {
    @Test
    func `a name that is online belongs to those who show its guest token`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.join()
            #expect(ann.isNew)
            await #expect(throws: ChatError.nameTaken) { try await harness.join(connection: "2") }
            let bob = try await harness.join("bob", connection: "3")
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(connection: "2", guestToken: bob.guestToken)
            }
            let again = try await harness.join(connection: "2", guestToken: ann.guestToken)
            #expect(!again.isNew)
            #expect(again.online == OnlineList(count: 2, users: [UserID(trusted: "ann"), UserID(trusted: "bob")]))
        }
    }

    @Test
    func `a name that nobody uses belongs to whoever comes first`() async throws {
        try await Harness.run { harness in
            let first = try await harness.join()
            _ = harness.chat.leave(first.membership)
            let second = try await harness.join(connection: "2")
            #expect(second.isNew)
            // The claim of the first is over while the second is here, and good again afterwards.
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(connection: "3", guestToken: first.guestToken)
            }
            _ = harness.chat.leave(second.membership)
            _ = try await harness.join(connection: "3", guestToken: first.guestToken)
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(connection: "4", guestToken: second.guestToken)
            }
        }
    }

    @Test
    func `a request cannot speak under a name that is online, except with its guest token`()
        async throws
    {
        try await Harness.run { harness in
            let ann = try await harness.join()
            let proof = Proof(password: Harness.password)
            await #expect(throws: ChatError.nameTaken) {
                try await harness.chat.post("forged", in: "room", by: Caller(.guest(name: "ann"), proof: proof))
            }
            await #expect(throws: ChatError.nameTaken) {
                try await harness.chat.react(
                    "👍", to: .id(MessageID(rawValue: 1)), in: "room",
                    by: Caller(.guest(name: "ann"), proof: proof))
            }
            let caller = Caller(.guest(name: "ann", token: ann.guestToken), proof: proof)
            _ = try await harness.chat.post("mine", in: "room", by: caller)
            _ = try await harness.chat.post("free", in: "room", by: Caller(.guest(name: "bob"), proof: proof))
            #expect(harness.posted.map(\.text) == ["mine", "free"])
        }
    }

    @Test
    func `a guest token is good for its name, its room and its time`() async throws {
        try await Harness.run { harness in
            try await harness.chat.createRoom("other", password: Harness.password)
            let ann = try await harness.join()
            _ = try await harness.join(room: "other", connection: "5")
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(room: "other", connection: "6", guestToken: ann.guestToken)
            }
            // A guest token is no room token, nor the other way about.
            await #expect(throws: ChatError.accessDenied(.wrongToken)) {
                try await harness.chat.history(
                    HistoryQuery(), in: "room", for: Caller(proof: Proof(token: ann.guestToken)))
            }
            let pass = try await harness.chat.verify(room: "room", password: Harness.password, from: nil)
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(connection: "2", guestToken: pass.token)
            }
            harness.clock.advance(by: .seconds(30 * 24 * 3600))
            await #expect(throws: ChatError.nameTaken) {
                try await harness.join(connection: "2", guestToken: ann.guestToken)
            }
        }
    }

    @Test
    func `a connection that joins again stays what it is`() async throws {
        try await Harness.run { harness in
            let first = try await harness.join()
            let again = try await harness.join()
            #expect(again.membership === first.membership)
            #expect(!again.isNew && again.online.count == 1)
            let departure = try #require(harness.chat.leave(first.membership))
            #expect(departure.isGone && departure.online.count == 0)
            #expect(harness.chat.leave(first.membership) == nil)
        }
    }

    @Test
    func `who has left can do nothing`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let message = try await harness.post(1, by: member)[0]
            _ = harness.chat.leave(member)
            let refused = ChatError.accessDenied(.notMember)
            await #expect(throws: refused) { try await harness.chat.post("x", by: member) }
            await #expect(throws: refused) { try await harness.chat.history(HistoryQuery(), for: member) }
            await #expect(throws: refused) { try await harness.chat.react("👍", to: .id(message.id), by: member) }
            #expect(throws: refused) { try harness.chat.setTyping(true, by: member) }
        }
    }

    @Test
    func `typing is told when it changes, and ends when the typist leaves`() async throws {
        try await Harness.run { harness in
            let chat = harness.chat
            let ann = try await harness.join().membership
            let bob = try await harness.join("bob", connection: "2").membership
            #expect(try chat.setTyping(false, by: ann) == nil)
            #expect(try chat.setTyping(true, by: ann) == [ann.user])
            #expect(try chat.setTyping(true, by: ann) == nil)
            #expect(try chat.setTyping(true, by: bob) == [ann.user, bob.user])
            #expect(try chat.setTyping(false, by: ann) == [bob.user])
            let departure = try #require(chat.leave(bob))
            #expect(departure.typing == [])
            #expect(chat.leave(ann)?.typing == nil)
        }
    }

    @Test
    func `presence counts names and not connections`() async throws {
        try await Harness.run { harness in
            let first = try await harness.join()
            let second = try await harness.join(connection: "2", guestToken: first.guestToken)
            #expect(second.online.count == 1)
            #expect(harness.chat.leave(first.membership)?.isGone == false)
            #expect(harness.chat.online(in: second.membership.room).count == 1)
            #expect(harness.chat.leave(second.membership)?.isGone == true)
            #expect(harness.chat.online(in: second.membership.room) == OnlineList(count: 0, users: []))
        }
    }

    @Test
    func `a join that fails leaves nobody in the room`() async throws {
        try await Harness.run { harness in
            let room = try await harness.join("bob", connection: "2").membership.room
            await harness.store.close()
            await #expect(throws: ChatError.storage(.closed)) { try await harness.join(after: 0) }
            #expect(harness.chat.online(in: room).users == [UserID(trusted: "bob")])
        }
    }
}
