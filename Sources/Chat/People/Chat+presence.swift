import Accounts
import Bytes

extension Chat {
    /// Notes how a member says that they can be reached.
    public func setStatus(_ status: Status, by member: Membership) throws(ChatError) -> StatusChange {
        try authorize(.read, as: member)
        return set(status, of: member.person, member.user)
    }

    /// The same for a caller without a connection: an account by its token, a guest by the guest token or from where a
    /// connection of that name is.
    public func setStatus(
        _ status: Status, of name: String, by caller: Caller
    ) async throws(ChatError) -> StatusChange {
        let user = try UserID(name, limits: limits)
        if let account = caller.person.account {
            guard Handle(trusted: user.text) == account.handle else { throw .nameTaken }
            return set(status, of: PersonID(account.id), UserID(account.handle))
        }
        guard try await !environment.isReserved(user.text) else { throw .nameReserved }
        guard let person = statuses.guest(user, from: caller.proof.address) else { throw .personNotFound }
        return set(status, of: person, user)
    }

    private func set(_ status: Status, of person: PersonID, _ user: UserID) -> StatusChange {
        let rooms = statuses.set(status, of: person, at: now) ?? []
        let listings = rooms.filter { room in
            room.state.withLock { state in
                // Looked up under the room's lock, so that of two changes at a time the later one stays.
                let isHidden = statuses.status(of: person)?.status == .offline
                return state.presence.setHidden(isHidden, user, of: person)
            }
        }
        return StatusChange(user: user, status: status, rooms: rooms, listings: listings)
    }

    /// Who is in a room, as many as a list may have, those left out who are not to be seen.
    public func people(
        in id: String, for caller: Caller
    ) async throws(ChatError) -> (room: RoomID, people: [PresentPerson]) {
        let room = try await authorize(.read, in: id, for: caller).room
        let most = limits.listedNames
        let present = room.state.withLock { state in
            state.presence.names(limit: most).compactMap { name in state.presence.members(named: name).first }
        }
        let profiles = try await profiles(of: present.map(\.user))
        let people = present.compactMap { member -> PresentPerson? in
            let status = statuses.status(of: member.person)
            guard status?.status != .offline else { return nil }
            return PresentPerson(
                user: member.user, status: status?.status ?? .online, lastActive: status?.since ?? now,
                profile: profiles[member.user].flatMap { $0.account == member.account ? $0 : nil })
        }
        return (room.id, people)
    }
}
