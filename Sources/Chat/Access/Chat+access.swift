import Accounts
import Bytes
import Cryptography

/// A room that somebody may do what they asked for in.
public struct Grant: Sendable {
    public let room: Room
    public let level: AccessLevel
    /// The role that the caller's account has in the room.
    public let role: RoomRole?
    /// Of the room's rules and roles, when they were looked at.
    let revision: UInt64
}

extension Chat {
    /// The room, for a caller who may do what they ask for.
    ///
    /// A missing room authorises nobody and answers like a room whose proof is wrong.
    public func authorize(
        _ action: RoomAction, in id: String, for caller: Caller
    ) async throws(ChatError) -> Grant {
        let id = try RoomID(id, limits: limits)
        let room = try await directory.room(id)
        let revision = room?.state.withLock { $0.revision } ?? 0
        let evidence = try await evidence(of: caller, for: room, id: id)
        let level = try decide(action, in: room, given: evidence)
        // Without a room nothing is ever granted.
        guard let room else { throw .accessDenied(.noProof) }
        return Grant(room: room, level: level, role: evidence.role, revision: revision)
    }

    /// The room that a room token opens, for as long as it does.
    public func room(ofToken token: String) async throws(ChatError) -> RoomID {
        guard let id = tokens.roomID(of: token) else { throw .accessDenied(.wrongToken) }
        let room = try await directory.room(try RoomID(id, limits: limits))
        guard let room, tokens.check(roomToken: token, for: room) == .right else { throw .accessDenied(.wrongToken) }
        return room.id
    }

    /// The right to act as a member: no lock is taken, and nothing is looked up.
    @discardableResult
    func authorize(_ action: RoomAction, as member: Membership) throws(ChatError) -> AccessLevel {
        guard member.isActive else { throw .accessDenied(.notMember) }
        let room = member.room
        // What a member may do depends on nothing else of the room.
        let traits = AccessDecision.RoomTraits(
            room.kind, room.management, addressRule: .off, isArchived: room.isArchived,
            admitsGuests: options.lobbyGuests)
        return try level(AccessDecision.decide(action, in: traits, given: member.evidence(at: now)))
    }

    func decide(
        _ action: RoomAction, in room: Room?, given evidence: AccessEvidence
    ) throws(ChatError) -> AccessLevel {
        let traits: AccessDecision.RoomTraits? =
            if let room, !room.isDeleted { traits(of: room.info, room) } else { nil }
        return try level(AccessDecision.decide(action, in: traits, given: evidence))
    }

    private func level(_ decision: AccessDecision) throws(ChatError) -> AccessLevel {
        switch decision {
        case .granted(let level): level
        case .refused(let refusal): throw .accessDenied(refusal)
        }
    }

    private func traits(of info: RoomInfo, _ room: Room) -> AccessDecision.RoomTraits {
        AccessDecision.RoomTraits(
            info.kind, info.management, addressRule: info.addressRule, isArchived: info.isArchived,
            admitsGuests: room.id != .lobby || options.lobbyGuests)
    }

    // MARK: Evidence

    private func evidence(of caller: Caller, for room: Room?, id: RoomID) async throws(ChatError) -> AccessEvidence {
        var evidence = try await evidence(of: caller.proof, for: room, id: id)
        guard let room else { return evidence }
        if caller.means == .console { evidence.serverRole = .administrator }
        if let account = caller.person.account {
            evidence.serverRole = account.role
            evidence.role = try await role(of: account, in: room)
        }
        let sanctions = room.state.withLock { self.sanctions(against: caller, $0) }
        evidence.isBanned = sanctions.contains { $0.kind == .ban }
        evidence.isMuted = sanctions.contains { $0.kind == .mute }
        if case .guest(let name, let token?) = caller.person, evidence.token != .right,
            let user = try? UserID(name, limits: limits),
            tokens.person(ofGuestToken: token, for: user, in: room) != nil,
            !sanctions.contains(where: { $0.kind == .kick })
        {
            // Who was let in before need not show the password again, as long as it is the same.
            evidence.token = .admission
        }
        return evidence
    }

    private func evidence(of proof: Proof, for room: Room?, id: RoomID) async throws(ChatError) -> AccessEvidence {
        var evidence = AccessEvidence()
        if let password = proof.password, !password.isEmpty, room?.kind != .open {
            // One that takes no password is looked at as long as one that there is not.
            let asked = room?.kind == .password ? room : nil
            switch try await passwords.check(password, for: asked, id: id, from: proof.address) {
            case .wrong: evidence.password = .wrong
            case .right(let newHash):
                evidence.password = .right
                if let newHash, let room { await upgrade(room, to: newHash) }
            }
        }
        if let token = proof.token, !token.isEmpty { evidence.token = tokens.check(roomToken: token, for: room) }
        // Who was given it could read the room a moment ago.
        if let ticket = proof.fileTicket, let room, tokens.isFileTicket(ticket, for: room) { evidence.isInside = true }
        if let address = proof.address, let room {
            let now = now
            evidence.addressIsVerified = room.state.withLock { state in
                state.verified.contains(
                    address, at: now, onlyByModerator: state.info.addressRule == .require)
            }
        }
        return evidence
    }

    func sanctions(against caller: Caller, _ state: RoomState) -> [Sanction] {
        let name = try? caller.person.name(limits)
        return state.sanctions(
            against: caller.person.account?.key, look: name.map { Lookalikes.skeleton(of: $0.text) },
            from: caller.proof.address, at: now)
    }

    func role(of account: Account, in room: Room) async throws(ChatError) -> RoomRole? {
        do {
            return try await environment.store.role(of: account.key, in: room)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// Stores a hash of today's cost. Where that fails, the old one is as good as it was, and the next check tries again.
    private func upgrade(_ room: Room, to hash: String) async {
        guard (try? await environment.store.setPasswordHash(hash, of: room)) != nil else { return }
        room.state.withLock { $0.passwordHash = hash }
    }
}
