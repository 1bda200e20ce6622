import Chat
import Testing

@Suite struct AccessDecisionTests {
    private typealias Evidence = AccessEvidence

    private static let passwords: [AccessEvidence.Password] = [.none, .right, .wrong]
    private static let tokens: [AccessEvidence.Token] = [.none, .right, .expired, .wrong]

    /// Every combination of what can be found.
    private static let everything: [AccessEvidence] = passwords.flatMap { password in
        tokens.flatMap { token in
            [false, true].flatMap { address in
                [false, true].map { member in
                    AccessEvidence(password: password, token: token, addressIsVerified: address, isMember: member)
                }
            }
        }
    }

    private func decide(
        _ action: RoomAction, _ evidence: AccessEvidence, in room: AccessDecision.RoomKind = .passwordProtected
    ) -> AccessDecision { AccessDecision.decide(action, in: room, given: evidence) }

    @Test func `a missing room authorises nobody, whatever is shown`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything {
                #expect(decide(action, evidence, in: .missing) != .granted)
            }
        }
    }

    @Test func `a missing room refuses as one does whose proof is wrong`() {
        for action in RoomAction.allCases {
            for (shown, wrong) in [
                (Evidence(), Evidence()), (Evidence(password: .wrong), Evidence(password: .wrong)),
                (Evidence(token: .wrong), Evidence(token: .wrong)),
                (Evidence(token: .expired), Evidence(token: .expired)),
            ] {
                #expect(decide(action, shown, in: .missing) == decide(action, wrong))
            }
        }
    }

    @Test func `a wrong password refuses everything, whatever else is shown`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything where evidence.password == .wrong {
                #expect(decide(action, evidence) == .refused(.wrongPassword))
            }
        }
    }

    @Test func `the right password allows everything`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything where evidence.password == .right {
                #expect(decide(action, evidence) == .granted)
            }
        }
    }

    @Test func `nothing shown is refused`() {
        for action in RoomAction.allCases {
            #expect(decide(action, Evidence()) == .refused(.noProof))
            #expect(decide(action, Evidence(token: .wrong)) == .refused(.wrongToken))
            #expect(decide(action, Evidence(token: .expired)) == .refused(.tokenExpired))
        }
    }

    @Test(arguments: [
        (AccessEvidence(token: .right), [RoomAction.join, .read, .post, .react, .clear]),
        (AccessEvidence(addressIsVerified: true), [.join, .read, .post, .react]),
        (AccessEvidence(isMember: true), [.join, .read, .post, .react]),
        (AccessEvidence(token: .expired, addressIsVerified: true), [.join, .read, .post, .react]),
        (AccessEvidence(token: .wrong, isMember: true), [.join, .read, .post, .react]),
    ])
    func `each proof opens what it is for and nothing more`(_ evidence: AccessEvidence, _ allowed: [RoomAction]) {
        for action in RoomAction.allCases {
            let expected: AccessDecision = allowed.contains(action) ? .granted : .refused(.passwordNeeded)
            #expect(decide(action, evidence) == expected)
        }
    }

    @Test func `an open room is everyone's to read and write and nobody's to manage`() {
        for evidence in Self.everything {
            for action in [RoomAction.join, .read, .post, .react, .verify] {
                #expect(decide(action, evidence, in: .open) == .granted)
            }
            for action in [RoomAction.clear, .delete, .verifyAddress] {
                #expect(decide(action, evidence, in: .open) == .refused(.belongsToServer))
            }
        }
    }

    @Test func `a room that is open to nobody stays shut`() {
        for action in RoomAction.allCases {
            for evidence in Self.everything {
                #expect(decide(action, evidence, in: .openToNobody) == .refused(.noProof))
            }
        }
    }
}
