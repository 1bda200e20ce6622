import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@testable import Chat

@Suite struct ModerationTests {
    /// A club with its owner, a moderator and a member, all of whom are in it.
    private struct Club {
        let harness: Harness
        let ann, bob, cat: Account
        let member: Membership

        init(_ harness: Harness) async throws {
            self.harness = harness
            ann = try await harness.account("ann")
            bob = try await harness.account("bob")
            cat = try await harness.account("cat")
            var draft = RoomDraft(id: "club", kind: .password)
            draft.password = Harness.password
            _ = try await harness.chat.createRoom(draft, by: ann)
            let proof = Proof(password: Harness.password)
            _ = try await harness.join(ann, "club")
            _ = try await harness.join(bob, "club", proof)
            member = try await harness.join(cat, "club", proof)
            try await harness.chat.setRole(.moderator, of: "bob", in: "club", for: owner)
        }

        var owner: Caller { Caller(.account(ann)) }
        var moderator: Caller { Caller(.account(bob)) }

        func guest(_ name: String = "eve", from address: IPAddress? = nil, token: String? = nil) -> JoinRequest {
            let proof = Proof(password: Harness.password, address: address)
            return JoinRequest(
                room: "club", caller: Caller(.guest(name: name, token: token), proof: proof), connection: name)
        }
    }

    @Test func `who is kicked is out, and needs the password again`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            try await harness.chat.sanction(
                SanctionRequest(.kick, "CAT", reason: "noise"), in: "club", for: club.moderator)
            #expect(!club.member.isActive)
            await #expect(throws: ChatError.accessDenied(.notMember)) {
                try await harness.chat.post("still?", by: club.member)
            }
            await #expect(throws: ChatError.accessDenied(.noProof)) { try await harness.join(club.cat, "club") }
            let told = harness.updates.compactMap { update in
                if case .expelled(let expulsion, let members) = update { (expulsion, members.count) } else { nil }
            }
            #expect(told.map(\.0.reason) == ["noise"] && told.map(\.1) == [1])
            _ = try await harness.join(club.cat, "club", Proof(password: Harness.password))
        }
    }

    @Test func `a guest who is kicked does not come back by the token`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let joined = try await harness.chat.join(club.guest())
            try await harness.chat.sanction(SanctionRequest(.kick, "eve"), in: "club", for: club.moderator)
            #expect(!joined.membership.isActive)
            let back = JoinRequest(
                room: "club", caller: Caller(.guest(name: "eve", token: joined.guestToken)), connection: "2")
            await #expect(throws: ChatError.accessDenied(.noProof)) { try await harness.chat.join(back) }
            _ = try await harness.chat.join(club.guest(token: joined.guestToken))
        }
    }

    @Test func `a ban keeps an account out, whatever it shows, for its time and over a restart`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            var request = SanctionRequest(.ban, "cat", seconds: 60, reason: "again")
            request.includesAddress = true
            try await harness.chat.sanction(request, in: "club", for: club.moderator)
            #expect(!club.member.isActive)
            let proof = Proof(password: Harness.password)
            func isOut() async -> Bool {
                do {
                    _ = try await harness.chat.authorize(
                        .read, in: "club", for: Caller(.account(club.cat), proof: proof))
                    return false
                } catch { return error == .accessDenied(.banned) }
            }
            #expect(await isOut())
            #expect(try await harness.store.room(RoomID(trusted: "club"))?.sanctions.map(\.reason) == ["again"])
            harness.clock.advance(by: .seconds(61))
            #expect(await !isOut())
            try await harness.chat.sanction(SanctionRequest(.ban, "cat"), in: "club", for: club.moderator)
            harness.clock.advance(by: .seconds(1_000_000_000))
            #expect(await isOut())
            #expect(try await harness.chat.sanctions(.ban, in: "club", for: club.owner).map(\.user.text) == ["cat"])
            try await harness.chat.pardon(.ban, of: "Cat", in: "club", for: club.moderator)
            #expect(await !isOut())
            await #expect(throws: ChatError.sanctionNotFound) {
                try await harness.chat.pardon(.ban, of: "cat", in: "club", for: club.moderator)
            }
        }
    }

    @Test func `a guest is banned by name, by what looks like it, and by network where that is asked for`() async throws
    {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let here = Harness.here
            let (eve, other) = (
                try await harness.chat.join(club.guest("eve", from: here)),
                try await harness.chat.join(club.guest("else", from: here))
            )
            var request = SanctionRequest(.ban, "eve")
            request.includesAddress = true
            try await harness.chat.sanction(request, in: "club", for: club.moderator)
            #expect(!eve.membership.isActive && !other.membership.isActive)
            for (name, address) in [("EVE", nil), ("еvе", nil), ("another", here)] {
                await #expect(throws: ChatError.accessDenied(.banned), "\(name)") {
                    try await harness.chat.join(club.guest(name, from: address))
                }
            }
            _ = try await harness.chat.join(club.guest("another", from: IPAddress("192.0.2.2")))
            // Accounts have their names for themselves, and are not kept out for a neighbour.
            _ = try await harness.join(club.cat, "club", Proof(address: here), connection: "9")
        }
    }

    @Test func `who is muted reads, on every connection, until it is lifted or over`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let second = try await harness.join(club.cat, "club", connection: "2")
            try await harness.chat.sanction(
                SanctionRequest(.mute, "cat", seconds: 100), in: "club", for: club.moderator)
            let later = try await harness.join(club.cat, "club", connection: "3")
            for member in [club.member, second, later] {
                await #expect(throws: ChatError.accessDenied(.muted)) { try await harness.chat.post("x", by: member) }
                _ = try await harness.chat.history(HistoryQuery(), for: member)
            }
            await #expect(throws: ChatError.accessDenied(.muted)) {
                try await harness.chat.post("x", in: "club", by: Caller(.account(club.cat)))
            }
            harness.clock.advance(by: .seconds(100))
            _ = try await harness.chat.post("over", by: second)
            try await harness.chat.sanction(SanctionRequest(.mute, "cat"), in: "club", for: club.moderator)
            await #expect(throws: ChatError.accessDenied(.muted)) { try await harness.chat.post("x", by: second) }
            try await harness.chat.pardon(.mute, of: "cat", in: "club", for: club.moderator)
            _ = try await harness.chat.post("lifted", by: second)
        }
    }

    @Test func `of several mutes the longest holds`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let guest = try await harness.chat.join(club.guest("g2", from: Harness.here)).membership
            let other = try await harness.chat.join(club.guest("g1", from: Harness.here)).membership
            try await harness.chat.sanction(SanctionRequest(.mute, "g2"), in: "club", for: club.moderator)
            var byNetwork = SanctionRequest(.mute, "g1", seconds: 2)
            byNetwork.includesAddress = true
            try await harness.chat.sanction(byNetwork, in: "club", for: club.moderator)
            harness.clock.advance(by: .seconds(5))
            await #expect(throws: ChatError.accessDenied(.muted)) { try await harness.chat.post("x", by: guest) }
            _ = try await harness.chat.post("over", by: other)
            try await harness.chat.pardon(.mute, of: "g2", in: "club", for: club.moderator)
            _ = try await harness.chat.post("now", by: guest)
        }
    }

    @Test func `kicks use up nothing that bans need`() async throws {
        var options = Harness.cheap
        options.limits.sanctionsPerRoom = 3
        try await Harness.run(options: options) { harness in
            let club = try await Club(harness)
            for number in 1...10 {
                try await harness.chat.sanction(
                    SanctionRequest(.kick, "g\(number)"), in: "club", for: club.moderator)
            }
            for number in 1...3 {
                for _ in 1...2 {
                    try await harness.chat.sanction(
                        SanctionRequest(.ban, "b\(number)"), in: "club", for: club.moderator)
                }
            }
            let room = try #require(try await harness.store.room(RoomID(trusted: "club")))
            #expect(room.sanctions.count { $0.kind == .kick } == 3)
            #expect(try await harness.chat.sanctions(.ban, in: "club", for: club.owner).count == 3)
        }
    }

    @Test func `sanctions that are over are forgotten`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            for number in 1...5 {
                try await harness.chat.sanction(
                    SanctionRequest(.mute, "g\(number)", seconds: 1), in: "club", for: club.moderator)
                harness.clock.advance(by: .seconds(2))
            }
            #expect(club.member.room.state.withLock { $0.sanctions.count } == 1)
        }
    }

    @Test func `an account is banned with where it is`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let dan = try await harness.account("dan")
            _ = try await harness.join(
                dan, "club", Proof(password: Harness.password, address: Harness.here))
            var request = SanctionRequest(.ban, "dan")
            request.includesAddress = true
            let ban = try await harness.chat.sanction(request, in: "club", for: club.moderator)
            #expect(ban.network == CIDR("192.0.2.1"))
            await #expect(throws: ChatError.accessDenied(.banned)) {
                try await harness.chat.join(club.guest("someone", from: Harness.here))
            }
        }
    }

    @Test func `whoever was allowed to come in before the rules changed is asked again`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let caller = Caller(.account(club.cat))
            let grant = try await harness.chat.authorize(.join, in: "club", for: caller)
            let name = try await harness.chat.name(of: caller, as: grant)
            try await harness.chat.sanction(SanctionRequest(.kick, "cat"), in: "club", for: club.moderator)
            let late = Arrival(name: name, address: nil, connection: "late", revision: grant.revision)
            let entry = try grant.room.enter(
                late, harness.chat.statuses, harness.chat.limits, at: harness.clock.epochMilliseconds)
            #expect(entry == nil)
        }
    }

    @Test func `who is banned is not enrolled`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            try await harness.chat.sanction(SanctionRequest(.ban, "cat"), in: "club", for: club.moderator)
            await #expect(throws: StoreError.banned) {
                try await harness.store.enroll(club.cat.key, in: club.member.room, most: 100)
            }
        }
    }

    @Test func `nobody moderates those who may do as much`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let boss = try await harness.account("boss", role: .administrator)
            _ = try await harness.join(boss, "club")
            for kind in Sanction.Kind.allCases {
                for target in ["ann", "bob", "boss"] {
                    await #expect(throws: ChatError.outranked, "\(kind) \(target)") {
                        try await harness.chat.sanction(SanctionRequest(kind, target), in: "club", for: club.moderator)
                    }
                }
                await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                    try await harness.chat.sanction(
                        SanctionRequest(kind, "eve"), in: "club", for: Caller(.account(club.cat)))
                }
            }
            try await harness.chat.sanction(SanctionRequest(.kick, "bob"), in: "club", for: club.owner)
        }
    }

    @Test func `a room has so many sanctions, and those that are over make room`() async throws {
        var options = Harness.cheap
        options.limits.sanctionsPerRoom = 3
        try await Harness.run(options: options) { harness in
            let club = try await Club(harness)
            for number in 1...3 {
                try await harness.chat.sanction(
                    SanctionRequest(.ban, "g\(number)", seconds: Int64(number)), in: "club", for: club.moderator)
            }
            await #expect(throws: ChatError.tooManySanctions) {
                try await harness.chat.sanction(SanctionRequest(.ban, "g4"), in: "club", for: club.moderator)
            }
            harness.clock.advance(by: .seconds(1))
            try await harness.chat.sanction(SanctionRequest(.ban, "g4"), in: "club", for: club.moderator)
            for seconds in [0, -1, 315_360_001] as [Int64] {
                await #expect(throws: ChatError.invalid(.duration(.sanction))) {
                    try await harness.chat.sanction(
                        SanctionRequest(.ban, "g5", seconds: seconds), in: "club", for: club.moderator)
                }
            }
        }
    }

    // MARK: Roles

    @Test func `a role holds at once, and is there after a restart`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            let cat = Caller(.account(club.cat))
            await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                try await harness.chat.clear("club", for: cat)
            }
            try await harness.chat.setRole(.moderator, of: "cat", in: "club", for: club.owner)
            #expect(club.member.role == .moderator)
            try await harness.chat.clear("club", for: cat)
            try await harness.chat.setRole(.member, of: "cat", in: "club", for: club.owner)
            #expect(club.member.role == .member)
            await #expect(throws: ChatError.accessDenied(.moderatorNeeded)) {
                try await harness.chat.clear("club", for: cat)
            }
            let members = try await harness.chat.members(of: "club", for: cat)
            #expect(members.map(\.user.text) == ["ann", "bob", "cat"])
            #expect(members.map(\.role) == [.owner, .moderator, .member])
        }
    }

    @Test func `a room is handed on, and its owner leaves it no other way`() async throws {
        try await Harness.run { harness in
            let club = try await Club(harness)
            await #expect(throws: ChatError.ownerStays) { try await harness.chat.giveUp("club", by: club.ann) }
            await #expect(throws: ChatError.ownerStays) {
                try await harness.chat.setRole(.member, of: "ann", in: "club", for: club.owner)
            }
            await #expect(throws: ChatError.memberNotFound) {
                try await harness.chat.transfer("club", to: "nobody", for: club.owner)
            }
            await #expect(throws: ChatError.accessDenied(.ownerNeeded)) {
                try await harness.chat.transfer("club", to: "bob", for: club.moderator)
            }
            try await harness.chat.transfer("club", to: "cat", for: club.owner)
            let members = try await harness.chat.members(of: "club", for: club.owner)
            #expect(members.map(\.role) == [.moderator, .moderator, .owner])
            try await harness.chat.giveUp("club", by: club.ann)
            await #expect(throws: ChatError.accessDenied(.noProof)) { try await harness.join(club.ann, "club") }
        }
    }
}
