import Accounts
import Bytes
import ChatStorage
import Cryptography
import ParleyTesting
import Testing

@testable import Chat

/// Invitations, and the rule for addresses.
@Suite struct EntranceTests {
    private func club(
        _ harness: Harness, _ kind: RoomInfo.Kind = .private, rule: RoomInfo.AddressRule? = nil
    ) async throws -> Caller {
        let ann = try await harness.account("ann")
        var draft = RoomDraft(id: "club", kind: kind)
        draft.password = kind == .password ? Harness.password : nil
        _ = try await harness.chat.createRoom(draft, by: ann)
        var change = RoomChange()
        change.addressRule = rule
        _ = try await harness.chat.configure("club", change, for: Caller(.account(ann)))
        return Caller(.account(ann))
    }

    // MARK: Invitations

    @Test func `an invitation brings an account in for good, and a guest with a token`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let bob = try await harness.account("bob")
            let made = try await harness.chat.invite(to: "club", seconds: nil, uses: nil, for: owner)
            #expect(try await harness.chat.room(ofInvitation: made.token).id.text == "club")
            _ = try await harness.chat.accept(made.token, as: Caller(.account(bob)))
            #expect(try await harness.join(bob, "club").role == .member)
            let pass = try await harness.chat.accept(made.token, as: Caller(.guest(name: "eve")))
            #expect(try await harness.chat.accept(made.token, as: Caller(.account(bob))).guestToken == nil)
            let joined = try await harness.chat.join(
                JoinRequest(
                    room: "club", caller: Caller(.guest(name: "eve", token: pass.guestToken)), connection: "e"))
            // It is good for this name alone.
            await #expect(throws: ChatError.accessDenied(.noProof)) {
                try await harness.chat.join(
                    JoinRequest(
                        room: "club", caller: Caller(.guest(name: "mal", token: pass.guestToken)), connection: "m"))
            }
            // The guest token lets the guest in again.
            _ = harness.chat.leave(joined.membership)
            _ = try await harness.chat.join(
                JoinRequest(
                    room: "club", caller: Caller(.guest(name: "eve", token: joined.guestToken)), connection: "e2"))
        }
    }

    @Test func `an invitation is good for its time and its number of people`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let twice = try await harness.chat.invite(to: "club", seconds: nil, uses: 2, for: owner)
            let (bob, cat) = (try await harness.account("bob"), try await harness.account("cat"))
            // Who belongs to the room already uses up nothing.
            for account in [bob, bob, bob, cat] {
                _ = try await harness.chat.accept(twice.token, as: Caller(.account(account)))
            }
            let dan = try await harness.account("dan")
            await #expect(throws: ChatError.invitationNotFound) {
                try await harness.chat.accept(twice.token, as: Caller(.account(dan)))
            }
            let short = try await harness.chat.invite(to: "club", seconds: 60, uses: 5, for: owner)
            #expect(try await harness.chat.invitations(to: "club", for: owner).map(\.id) == [short.invitation.id])
            harness.clock.advance(by: .seconds(60))
            await #expect(throws: ChatError.invitationNotFound) {
                try await harness.chat.accept(short.token, as: Caller(.account(dan)))
            }
            #expect(try await harness.chat.invitations(to: "club", for: owner).isEmpty)
        }
    }

    @Test func `an invitation that is withdrawn is good no more, and none lifts a ban`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness)
            let bob = try await harness.account("bob")
            let made = try await harness.chat.invite(to: "club", seconds: nil, uses: nil, for: owner)
            try await harness.chat.sanction(SanctionRequest(.ban, "bob"), in: "club", for: owner)
            await #expect(throws: ChatError.accessDenied(.banned)) {
                try await harness.chat.accept(made.token, as: Caller(.account(bob)))
            }
            try await harness.chat.pardon(.ban, of: "bob", in: "club", for: owner)
            try await harness.chat.withdrawInvitation(made.invitation.id, to: "club", for: owner)
            for token in [made.token, "", String(repeating: "A", count: 32), "club"] {
                await #expect(throws: ChatError.invitationNotFound) {
                    try await harness.chat.accept(token, as: Caller(.account(bob)))
                }
            }
            await #expect(throws: ChatError.invitationNotFound) {
                try await harness.chat.withdrawInvitation(made.invitation.id, to: "club", for: owner)
            }
        }
    }

    @Test func `a room has so many invitations, and none is kept as its token`() async throws {
        var options = Harness.cheap
        options.limits.invitationsPerRoom = 2
        try await Harness.run(options: options) { harness in
            let owner = try await club(harness)
            let first = try await harness.chat.invite(to: "club", seconds: 1, uses: 1_000_000, for: owner)
            _ = try await harness.chat.invite(to: "club", seconds: nil, uses: nil, for: owner)
            await #expect(throws: ChatError.tooManyInvitations) {
                try await harness.chat.invite(to: "club", seconds: nil, uses: nil, for: owner)
            }
            for (seconds, uses) in [(0, 1), (nil, 0), (nil, 1_000_001), (315_360_001, nil)] as [(Int64?, Int64?)] {
                await #expect(throws: ChatError.invalid(.duration(.invitation))) {
                    try await harness.chat.invite(to: "club", seconds: seconds, uses: uses, for: owner)
                }
            }
            for name in harness.folder.names {
                let bytes = harness.folder.bytes(of: name)
                #expect(!String(decoding: bytes, as: UTF8.self).contains(first.token))
            }
        }
    }

    // MARK: Addresses

    @Test func `where addresses are required, one that the password let in does not count`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness, .password)
            _ = try await harness.chat.verify(room: "club", password: Harness.password, from: Harness.here)
            try await harness.chat.admit("192.0.2.9", to: "club", for: owner)
            var change = RoomChange()
            change.addressRule = .require
            _ = try await harness.chat.configure("club", change, for: owner)
            func join(from address: String) async throws {
                let proof = Proof(password: Harness.password, address: IPAddress(address))
                _ = try await harness.chat.authorize(.join, in: "club", for: Caller(.guest(name: "eve"), proof: proof))
            }
            await #expect(throws: ChatError.accessDenied(.addressPending)) { try await join(from: "192.0.2.1") }
            try await join(from: "192.0.2.9")
            // What a moderator let in stays when the password is changed.
            try await harness.chat.changePassword(of: "club", to: Harness.password, for: owner)
            try await join(from: "192.0.2.9")
            #expect(try await harness.store.room(RoomID(trusted: "club"))?.verified.count == 1)
        }
    }

    @Test func `who waits at a room without moderators is told to the server's own`() async throws {
        try await Harness.run { harness in
            let boss = try await harness.account("boss", role: .administrator)
            var change = RoomChange()
            change.addressRule = .require
            _ = try await harness.chat.configure("lobby", change, for: Caller(.account(boss)))
            let room = try #require(try await harness.chat.room(named: "lobby"))
            let caller = Caller(.guest(name: "eve"), proof: Proof(address: Harness.here))
            try await harness.chat.wait(toEnter: room, as: caller)
            let told = harness.updates.compactMap { update -> [UUID]? in
                if case .addressPending(_, let moderators) = update { moderators } else { nil }
            }
            #expect(told == [[boss.id]])
        }
    }

    @Test func `one leaves a room from wherever one is`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness, .password)
            let bob = try await harness.account("bob")
            _ = try await harness.join(bob, "club", Proof(password: Harness.password))
            var change = RoomChange()
            change.addressRule = .require
            _ = try await harness.chat.configure("club", change, for: owner)
            try await harness.chat.giveUp("club", by: bob)
            #expect(try await harness.chat.rooms(of: bob).isEmpty)
        }
    }

    @Test func `where addresses are required, a moderator lets each one in`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness, .password, rule: .require)
            let caller = Caller(
                .guest(name: "eve"), proof: Proof(password: Harness.password, address: Harness.here))
            let request = JoinRequest(room: "club", caller: caller, connection: "e")
            await #expect(throws: ChatError.accessDenied(.addressPending)) { try await harness.chat.join(request) }
            let room = try #require(try await harness.chat.room(named: "club"))
            for _ in 1...2 { try await harness.chat.wait(toEnter: room, as: caller) }
            let found = try await harness.chat.addresses(of: "club", for: owner)
            #expect(found.pending.map(\.user.text) == ["eve"] && found.verified.isEmpty)
            #expect(harness.updates.count { if case .addressPending = $0 { true } else { false } } == 1)
            try await harness.chat.admit("192.0.2.0/24", to: "club", for: owner)
            let admitted = harness.updates.compactMap { update -> [CIDR]? in
                if case .addressAdmitted(_, let waiting) = update { waiting } else { nil }
            }
            #expect(admitted.map(\.count) == [1])
            let inside = try await harness.chat.join(request).membership
            // The address alone proves nothing.
            await #expect(throws: ChatError.accessDenied(.noProof)) {
                try await harness.chat.authorize(.read, in: "club", for: Caller(proof: Proof(address: Harness.here)))
            }
            try await harness.chat.revoke("192.0.2.0/24", in: "club", for: owner)
            #expect(!inside.isActive)
            await #expect(throws: ChatError.accessDenied(.addressPending)) { try await harness.chat.join(request) }
        }
    }

    @Test func `the owner is not kept out by the rule`() async throws {
        try await Harness.run { harness in
            let owner = try await club(harness, .password, rule: .require)
            let account = try #require(owner.person.account)
            _ = try await harness.join(account, "club", Proof(address: Harness.here))
        }
    }

    @Test func `where addresses are off, the password is asked each time`() async throws {
        try await Harness.run { harness in
            _ = try await club(harness, .password, rule: .off)
            _ = try await harness.chat.verify(room: "club", password: Harness.password, from: Harness.here)
            await #expect(throws: ChatError.accessDenied(.noProof)) {
                try await harness.chat.authorize(.read, in: "club", for: Caller(proof: Proof(address: Harness.here)))
            }
        }
    }

    @Test(arguments: [
        ("192.0.2.1", "192.0.2.1", true), ("192.0.2.1", "192.0.2.2", false), ("::ffff:192.0.2.1", "192.0.2.1", true),
        ("2001:db8:1:2::9", "2001:db8:1:2:ffff::", true), ("2001:db8:1:2::9", "2001:db8:1:3::", false),
        ("2001:db8::/32", "2001:db8:ffff::1", true), ("10.0.0.0/8", "10.255.0.1", true),
        ("10.0.0.0/8", "11.0.0.1", false), ("2001:db8::1/128", "2001:db8::2", false),
    ])
    func `an address counts as its customer's network, a range as it is`(
        _ admitted: String, _ address: String, _ isIn: Bool
    ) async throws {
        try await Harness.run { harness in
            let owner = try await club(harness, .password)
            try await harness.chat.admit(admitted, to: "club", for: owner)
            let caller = Caller(proof: Proof(address: IPAddress(address)))
            let grant = try? await harness.chat.authorize(.read, in: "club", for: caller)
            #expect((grant != nil) == isIn)
            // What was let in is there after a restart.
            let kept = try await harness.store.room(RoomID(trusted: "club"))?.verified ?? []
            #expect(VerifiedNetworks(kept).contains(try #require(IPAddress(address)), at: 0) == isIn)
        }
    }
}
