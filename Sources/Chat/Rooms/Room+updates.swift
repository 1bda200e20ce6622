import Accounts
import Bytes

extension Room {
    /// Takes in what was committed; called in the order of commit. Gives the event with what is known here added to it.
    func noteCommitted(_ event: RoomUpdate, _ limits: ChatLimits) -> RoomUpdate {
        switch event {
        case .configured(let info):
            noteCommitted(info)
            state.withLock { $0.revision += 1 }
        case .enrolled(let member): note(.member, of: member)
        case .passwordChanged(let hash, let epoch): notePassword(hash, epoch: epoch)
        case .roleChanged(let member, let role):
            state.withLock { $0.revision += 1 }
            note(role, of: member)
        case .sanctioned(let sanction): note(sanction, limits)
        case .pardoned(let sanction): notePardon(of: sanction)
        case .expelled(let expulsion, _): return .expelled(expulsion, expel(expulsion))
        case .nameLost: break
        case .addressPending(let address, _): state.withLock { $0.noteWaiting(address.network, limits) }
        case .addressAdmitted(let network, _):
            return .addressAdmitted(network, waiting: state.withLock { $0.admit(network, limits) })
        case .addressRevoked(let network, _): return .addressRevoked(network, shutOut(network))
        }
        return event
    }

    /// Where addresses are required, whoever came from one that is let in no longer is out.
    private func shutOut(_ network: CIDR) -> [Membership] {
        let members = state.withLock { state in
            state.revision += 1
            state.verified.remove(network)
            state.waiting.remove(network)
            guard state.info.addressRule == .require else { return [Membership]() }
            return state.presence.members { member in
                member.role ?? .member < .moderator && member.address.map { network.contains($0) } ?? false
            }
        }
        for member in members { member.end() }
        return members
    }

    private func notePassword(_ hash: String, epoch: Int64) {
        state.withLock { state in
            state.passwordHash = hash
            state.knownPassword = nil
            state.epoch = epoch
            state.verified.removeAllByPassword()
            state.revision += 1
        }
    }

    private func note(_ role: RoomRole?, of member: RoomMember) {
        for membership in state.withLock({ $0.presence.members(named: member.user) })
        where membership.account == member.account { membership.note(role: role) }
    }

    private func note(_ sanction: Sanction, _ limits: ChatLimits) {
        state.withLock { state in
            state.sanctions.removeAll {
                ($0.kind == sanction.kind && $0.look == sanction.look) || $0.isOver(at: sanction.created)
            }
            let kicks = state.sanctions.count { $0.kind == .kick }
            // As many as the store keeps.
            if sanction.kind == .kick, kicks >= limits.sanctionsPerRoom,
                let oldest = state.sanctions.firstIndex(where: { $0.kind == .kick })
            {
                state.sanctions.remove(at: oldest)
            }
            state.sanctions.append(sanction)
            state.revision += 1
            if sanction.kind == .mute { state.updateMutes() }
        }
    }

    private func notePardon(of sanction: Sanction) {
        state.withLock { state in
            state.sanctions.removeAll { $0.kind == sanction.kind && $0.look == sanction.look }
            if sanction.kind == .mute { state.updateMutes() }
        }
    }

    /// Ends the connections' places; they are in the room no longer when this returns.
    private func expel(_ expulsion: Expulsion) -> [Membership] {
        let look = Lookalikes.skeleton(of: expulsion.user.text)
        let members = state.withLock { state in
            state.revision += 1
            let found = state.presence.members { member in
                guard let account = expulsion.account else {
                    return member.account == nil && Lookalikes.skeleton(of: member.user.text) == look
                }
                return member.account == account
            }
            // Who is banned by network goes whatever the name.
            guard expulsion.cause == .banned else { return found }
            let bans = state.sanctions.filter { $0.kind == .ban && $0.look == look }
            return found
                + state.presence.members { member in
                    member.account == nil && !found.contains { $0 === member }
                        && bans.contains { ban in member.address.map { ban.network?.contains($0) == true } ?? false }
                }
        }
        for member in members { member.end() }
        return members
    }
}

extension RoomState {
    /// When the last of the mutes ends that hold against somebody; 0 where none does.
    func muteEnd(of account: AccountKey?, look: String, from address: IPAddress?) -> Int64 {
        sanctions.reduce(0) { end, sanction in
            guard sanction.kind == .mute, sanction.isAbout(account, look: look, from: address) else { return end }
            return max(end, sanction.until ?? .max)
        }
    }

    fileprivate func updateMutes() {
        for member in presence.members(where: { _ in true }) {
            let look = Lookalikes.skeleton(of: member.user.text)
            member.note(mutedUntil: muteEnd(of: member.account, look: look, from: member.address))
        }
    }

    fileprivate mutating func noteWaiting(_ network: CIDR, _ limits: ChatLimits) {
        if waiting.count >= limits.pendingAddresses, !waiting.isEmpty { waiting.removeFirst() }
        waiting.insert(network)
    }

    /// Gives those of the waiting that may come in.
    fileprivate mutating func admit(_ network: VerifiedNetwork, _ limits: ChatLimits) -> [CIDR] {
        verified.note(network, most: limits.verifiedAddresses)
        let admitted = waiting.filter { network.network.contains($0.base) }
        waiting.subtract(admitted)
        return Array(admitted)
    }
}
