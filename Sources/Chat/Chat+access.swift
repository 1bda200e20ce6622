import Accounts
import Bytes
import Cryptography

extension Chat {
    /// The room, for a caller whose proof allows the action.
    ///
    /// A missing room authorises nobody and answers like a room whose proof is wrong.
    public func authorize(
        _ action: RoomAction, in id: String, with proof: Proof
    ) async throws(ChatError) -> Room {
        let id = try RoomID(id, limits: limits)
        let room = try await directory.room(id)
        let evidence = try await evidence(of: proof, for: room, id: id)
        try decide(action, in: room, given: evidence)
        // Without a room nothing is ever granted.
        guard let room else { throw .accessDenied(.noProof) }
        return room
    }

    /// The room that a room token opens, for as long as it does.
    public func room(ofToken token: String) async throws(ChatError) -> RoomID {
        guard let claims = tokens.roomID(of: token) else { throw .accessDenied(.wrongToken) }
        let room = try await directory.room(try RoomID(claims.id, limits: limits))
        guard let room, room.key.rawValue == claims.incarnation else { throw .accessDenied(.wrongToken) }
        return room.id
    }

    /// The right to act as a member: no lock is taken, and nothing is looked up.
    func authorize(_ action: RoomAction, as member: Membership) throws(ChatError) {
        guard member.isActive else { throw .accessDenied(.notMember) }
        try decide(action, in: member.room, given: AccessEvidence(isMember: true))
    }

    private func decide(_ action: RoomAction, in room: Room?, given evidence: AccessEvidence) throws(ChatError) {
        switch AccessDecision.decide(action, in: kind(of: room), given: evidence) {
        case .granted: return
        case .refused(let refusal): throw .accessDenied(refusal)
        }
    }

    private func kind(of room: Room?) -> AccessDecision.RoomKind {
        guard let room, !room.isDeleted else { return .missing }
        guard room.id == .lobby else { return .passwordProtected }
        return options.lobbyGuests ? .open : .openToNobody
    }

    private func evidence(of proof: Proof, for room: Room?, id: RoomID) async throws(ChatError) -> AccessEvidence {
        var evidence = AccessEvidence()
        if let password = proof.password, !password.isEmpty, id != .lobby {
            switch try await passwords.check(password, for: room, id: id, from: proof.address) {
            case .wrong: evidence.password = .wrong
            case .right(let newHash):
                evidence.password = .right
                if let newHash, let room { await upgrade(room, to: newHash) }
            }
        }
        if let token = proof.token, !token.isEmpty { evidence.token = tokens.check(roomToken: token, for: room) }
        if let address = proof.address, let room { evidence.addressIsVerified = room.isVerified(address, at: now) }
        return evidence
    }

    /// Stores a hash of today's cost. Where that fails, the old one is as good as it was, and the next check tries again.
    private func upgrade(_ room: Room, to hash: String) async {
        guard (try? await environment.store.setPasswordHash(hash, of: room)) != nil else { return }
        room.state.withLock { $0.passwordHash = hash }
    }
}
