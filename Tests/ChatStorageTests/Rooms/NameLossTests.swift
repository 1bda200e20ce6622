import Accounts
import Bytes
import ParleyTesting
import Testing

@testable import Chat

@Suite("Names that are given to accounts") struct NameLossTests {
    private func lost(_ harness: Harness) -> [NameLoss] {
        harness.updates.compactMap { if case .nameLost(let loss, _) = $0 { loss } else { nil } }
    }

    @Test func `a guest whose name looks like a new handle is out, and the account comes in`() async throws {
        try await Harness.run { harness in
            let guest = try await harness.join("BOB").membership
            let other = try await harness.join("bobby", connection: "2").membership
            let bob = try await harness.account("bob")
            harness.chat.note(handleOf: bob)
            #expect(!guest.isActive && other.isActive)
            #expect(lost(harness) == [.nameReserved])
            _ = harness.chat.leave(guest)
            let member = try await harness.join(bob, "room", Proof(password: Harness.password))
            #expect(member.isActive && harness.chat.online(in: member.room).users.map(\.text) == ["bob", "bobby"])
        }
    }

    @Test func `an account that has another handle joins again under it`() async throws {
        try await Harness.run { harness in
            var ann = try await harness.account("ann")
            let member = try await harness.join(ann, "room", Proof(password: Harness.password))
            harness.chat.note(handleOf: ann)
            #expect(member.isActive && lost(harness).isEmpty)
            var change = AccountChange()
            change.handle = HandleChange(handle: try Handle("anna"), reservedUntil: .max, most: 1)
            ann = try await harness.store.update(ann.key, change)
            harness.chat.note(handleOf: ann)
            #expect(!member.isActive && lost(harness) == [.renamed])
            #expect(harness.chat.leave(member)?.isGone == true)
            #expect(try await harness.join(ann, "room", connection: "2").user.text == "anna")
        }
    }

    @Test func `a ban stands whatever the account is called, and is lifted by either name`() async throws {
        try await Harness.run { harness in
            let (boss, cat) = (
                try await harness.account("boss", role: .administrator), try await harness.account("cat")
            )
            let caller = Caller(.account(boss))
            try await harness.chat.sanction(SanctionRequest(.ban, "cat"), in: "room", for: caller)
            var change = AccountChange()
            change.handle = HandleChange(handle: try Handle("tom"), reservedUntil: .max, most: 1)
            let tom = try await harness.store.update(cat.key, change)
            await #expect(throws: ChatError.accessDenied(.banned)) {
                try await harness.join(tom, "room", Proof(password: Harness.password))
            }
            try await harness.chat.pardon(.ban, of: "tom", in: "room", for: caller)
            _ = try await harness.join(tom, "room", Proof(password: Harness.password))
        }
    }
}

@Suite("Who is not to be seen") struct HiddenTests {
    @Test func `is not in the list of who is online, in no room, until they are`() async throws {
        try await Harness.run { harness in
            let ann = try await harness.account("ann")
            let proof = Proof(password: Harness.password)
            let member = try await harness.join(ann, "room", proof)
            _ = try await harness.join("bob", connection: "2")
            let hidden = try harness.chat.setStatus(.offline, by: member)
            #expect(hidden.rooms.count == 1 && hidden.listings.count == 1)
            #expect(harness.chat.online(in: member.room) == OnlineList(count: 1, users: [UserID(trusted: "bob")]))
            #expect(try harness.chat.setStatus(.offline, by: member).listings.isEmpty)
            try await harness.chat.createRoom("other", password: Harness.password)
            let there = try await harness.join(ann, "other", proof, connection: "3")
            #expect(harness.chat.online(in: there.room).count == 0)
            let seen = try harness.chat.setStatus(.busy, by: member)
            #expect(seen.listings.count == 2)
            #expect(harness.chat.online(in: member.room).users.map(\.text) == ["ann", "bob"])
            _ = try harness.chat.setStatus(.offline, by: member)
            _ = harness.chat.leave(member)
            _ = harness.chat.leave(there)
            #expect(harness.chat.online(in: member.room).count == 1)
            let back = try await harness.join(ann, "room", connection: "4")
            #expect(harness.chat.online(in: back.room).count == 2)
        }
    }

    @Test func `profiles of guests who were not there for as long as a token is good are removed`() async throws {
        try await Harness.run { harness in
            let chat = harness.chat
            for name in ["eve", "bob"] {
                try await chat.saveProfile(
                    of: name, displayName: "A", avatar: "", by: Caller(proof: Proof(address: Harness.here)))
            }
            _ = try await harness.join("bob")
            harness.clock.advance(by: .seconds(chat.limits.guestTokenLifetime))
            try await chat.sweepProfiles()
            #expect(try await chat.profile(of: "eve") == nil)
            #expect(try await chat.profile(of: "BOB") != nil)
            harness.clock.advance(by: .seconds(chat.limits.guestTokenLifetime - 1))
            try await chat.sweepProfiles()
            #expect(try await chat.profile(of: "bob") != nil)
        }
    }
}
