import Accounts
import Chat
import Testing

/// The rules of docs/access.md, each over everything that may be found and every kind of room.
@Suite struct AccessDecisionTests {
    private typealias Evidence = AccessEvidence
    private typealias Traits = AccessDecision.RoomTraits

    /// Every combination of what may be found of proofs and roles.
    private static let everything: [AccessEvidence] = AccessEvidence.Password.allCases.flatMap { password in
        AccessEvidence.Token.allCases.flatMap { token in
            [false, true].flatMap { address in
                [false, true].flatMap { inside in
                    [nil, .member, .moderator, .owner].flatMap { (role: RoomRole?) in
                        [nil, .member, .moderator, .administrator].map { (serverRole: Role?) in
                            AccessEvidence(
                                password: password, token: token, addressIsVerified: address, isInside: inside,
                                role: role, serverRole: serverRole)
                        }
                    }
                }
            }
        }
    }

    private static let seed = AccessDecision.RoomTraits(.password, .password)
    private static let owned = AccessDecision.RoomTraits(.password, .people)
    private static let lobby = AccessDecision.RoomTraits(.open, .server)
    private static let secret = AccessDecision.RoomTraits(.private, .people)
    private static let conversation = AccessDecision.RoomTraits(.direct, .people)
    private static let all = [seed, owned, lobby, secret, conversation, AccessDecision.RoomTraits(.open, .people)]

    private func refusal(
        _ action: RoomAction, _ evidence: AccessEvidence, in room: AccessDecision.RoomTraits? = seed
    ) -> AccessRefusal? {
        if case .refused(let refusal) = AccessDecision.decide(action, in: room, given: evidence) {
            refusal
        } else {
            nil
        }
    }

    private func allowed(_ evidence: AccessEvidence, in room: AccessDecision.RoomTraits) -> Set<RoomAction> {
        Set(RoomAction.allCases.filter { refusal($0, evidence, in: room) == nil })
    }

    private static let talking: Set<RoomAction> = [.join, .read, .post, .react]

    // MARK: Strangers

    @Test func `a missing room authorises nobody, whatever is shown`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything { #expect(refusal(action, evidence, in: nil) != nil) }
        }
    }

    @Test func `a missing room refuses as one does whose proof is wrong, and as a private one`() {
        for action in RoomAction.allCases {
            for shown in [
                Evidence(), Evidence(password: .wrong), Evidence(token: .wrong), Evidence(token: .expired),
                Evidence(serverRole: .member), Evidence(password: .wrong, serverRole: .moderator),
            ] {
                let missing = refusal(action, shown, in: nil)
                #expect(refusal(action, shown, in: Self.secret) == missing)
                #expect(refusal(action, shown, in: Self.conversation) == missing)
                guard (shown.serverRole ?? .member) < .moderator else { continue }
                #expect(refusal(action, shown) == missing)
            }
        }
    }

    @Test func `nothing shown is refused`() {
        for action in RoomAction.allCases {
            #expect(refusal(action, Evidence()) == .noProof)
            #expect(refusal(action, Evidence(token: .wrong)) == .wrongToken)
            #expect(refusal(action, Evidence(token: .expired)) == .tokenExpired)
        }
    }

    // MARK: Proofs

    @Test func `a wrong password refuses everything, whatever else is shown`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything where evidence.password == .wrong {
                for room in [Self.seed, Self.owned] { #expect(refusal(action, evidence, in: room) == .wrongPassword) }
            }
        }
    }

    @Test func `a room without people that manage it is managed by who knows the password`() {
        let byPassword: Set<RoomAction> = Self.talking.union([.verify, .admit, .clear, .delete])
        #expect(allowed(Evidence(password: .right), in: Self.seed) == byPassword)
        #expect(allowed(Evidence(token: .right), in: Self.seed) == Self.talking.union([.clear]))
        #expect(allowed(Evidence(token: .admission), in: Self.seed) == Self.talking)
        #expect(allowed(Evidence(addressIsVerified: true), in: Self.seed) == Self.talking)
        #expect(allowed(Evidence(isInside: true), in: Self.seed) == Self.talking)
        #expect(allowed(Evidence(token: .expired, addressIsVerified: true), in: Self.seed) == Self.talking)
        #expect(refusal(.delete, Evidence(token: .right)) == .passwordNeeded)
        #expect(refusal(.moderate, Evidence(password: .right)) == .moderatorNeeded)
    }

    @Test func `where people manage a room, the password lets in and no more`() {
        #expect(allowed(Evidence(password: .right), in: Self.owned) == Self.talking.union([.verify]))
        #expect(allowed(Evidence(token: .right), in: Self.owned) == Self.talking)
        #expect(allowed(Evidence(role: .member), in: Self.owned) == Self.talking)
        #expect(refusal(.delete, Evidence(password: .right), in: Self.owned) == .ownerNeeded)
        #expect(refusal(.clear, Evidence(password: .right), in: Self.owned) == .moderatorNeeded)
    }

    @Test func `moderators moderate and owners do everything`() {
        let moderating = Self.talking.union([.verify, .admit, .clear, .moderate])
        for room in [Self.owned, Self.secret] {
            #expect(allowed(Evidence(role: .moderator), in: room) == moderating)
            #expect(allowed(Evidence(role: .owner), in: room) == Set(RoomAction.allCases))
        }
    }

    @Test func `a private room and a conversation know neither passwords nor addresses`() {
        for room in [Self.secret, Self.conversation] {
            let shown = Evidence(password: .right, addressIsVerified: true, serverRole: .member)
            #expect(allowed(shown, in: room) == [])
        }
        #expect(allowed(Evidence(token: .admission), in: Self.secret) == Self.talking)
        #expect(allowed(Evidence(token: .right), in: Self.secret) == [])
        #expect(allowed(Evidence(token: .admission), in: Self.conversation) == [])
    }

    @Test func `an open room is everybody's to read and write, and the lobby nobody's to delete`() {
        for evidence in Self.everything {
            let actions = allowed(evidence, in: Self.lobby)
            #expect(actions.isSuperset(of: Self.talking.union([.verify])))
            #expect(!actions.contains(.delete))
        }
        #expect(allowed(Evidence(), in: Self.lobby) == Self.talking.union([.verify]))
        #expect(refusal(.clear, Evidence(), in: Self.lobby) == .belongsToServer)
    }

    @Test func `an open room that is closed to guests is for accounts`() {
        let room = Traits(.open, .server, admitsGuests: false)
        #expect(refusal(.join, Evidence(), in: room) == .accountNeeded)
        #expect(refusal(.join, Evidence(serverRole: .member), in: room) == nil)
    }

    // MARK: The server's own people

    @Test func `administrators own every room but conversations`() {
        for room in [Self.seed, Self.owned, Self.secret] {
            #expect(allowed(Evidence(serverRole: .administrator), in: room) == Set(RoomAction.allCases))
        }
        #expect(allowed(Evidence(serverRole: .administrator), in: Self.conversation) == [])
        #expect(
            allowed(Evidence(serverRole: .administrator), in: Self.lobby)
                == Set(RoomAction.allCases).subtracting([.delete])
        )
    }

    @Test func `the server's moderators moderate what many can enter`() {
        let moderating = Self.talking.union([.verify, .admit, .clear, .moderate])
        for room in [Self.seed, Self.owned] {
            let actions = allowed(Evidence(serverRole: .moderator), in: room)
            #expect(actions.isSuperset(of: moderating.subtracting([.verify])))
        }
        #expect(allowed(Evidence(serverRole: .moderator), in: Self.secret) == [])
    }

    // MARK: Who is kept out

    @Test func `a ban keeps out whoever else could enter, and tells it to no stranger`() {
        for evidence in Self.everything {
            var banned = evidence
            banned.isBanned = true
            for action in RoomAction.allCases {
                for room in Self.all {
                    guard case .granted(let level) = AccessDecision.decide(action, in: room, given: evidence) else {
                        continue
                    }
                    #expect(refusal(action, banned, in: room) == (level < .moderator ? .banned : nil))
                }
            }
        }
        var stranger = Evidence(password: .none)
        stranger.isBanned = true
        #expect(refusal(.join, stranger) == .noProof)
    }

    @Test func `who is muted reads`() {
        var evidence = Evidence(isInside: true)
        evidence.isMuted = true
        #expect(allowed(evidence, in: Self.owned) == [.join, .read])
        #expect(refusal(.post, evidence) == .muted)
        evidence.role = .moderator
        #expect(refusal(.post, evidence, in: Self.owned) == nil)
    }

    @Test func `an archived room is read, by its owner too`() {
        let room = Traits(.password, .people, isArchived: true)
        for evidence in Self.everything where refusal(.post, evidence, in: Self.owned) == nil {
            #expect(refusal(.post, evidence, in: room) == .archived)
            #expect(refusal(.react, evidence, in: room) == .archived)
            #expect(refusal(.read, evidence, in: room) == nil)
        }
    }

    // MARK: Addresses

    @Test func `an address opens a room whose rule is to trust, and no other`() {
        for rule in [RoomInfo.AddressRule.off, .require] {
            let room = Traits(.password, .password, addressRule: rule)
            #expect(allowed(Evidence(addressIsVerified: true), in: room) == [])
        }
    }

    @Test func `where addresses are required, a proof from an unknown one waits`() {
        let room = Traits(.password, .people, addressRule: .require)
        for evidence in [Evidence(password: .right), Evidence(token: .right), Evidence(role: .member)] {
            #expect(refusal(.join, evidence, in: room) == .addressPending)
            #expect(refusal(.read, evidence, in: room) == .addressPending)
            var known = evidence
            known.addressIsVerified = true
            #expect(refusal(.join, known, in: room) == nil)
        }
        #expect(refusal(.join, Evidence(role: .moderator), in: room) == nil)
        #expect(refusal(.post, Evidence(isInside: true), in: room) == nil)
    }
}
