import Accounts
import Bytes

extension Chat {
    /// Notes how a member says that they can be reached; gives the rooms that are to hear of it.
    public func setStatus(_ status: Status, by member: Membership) throws(ChatError) -> [Room] {
        try authorize(.read, as: member)
        return statuses.set(status, of: member.person, at: now) ?? []
    }

    /// The same for a caller without a connection: an account by its token, a guest by the guest token or from where a
    /// connection of that name is.
    ///
    /// - Returns: the name, and the rooms that are to hear of it.
    public func setStatus(_ status: Status, of name: String, by caller: Caller) async throws(ChatError) -> (
        UserID, [Room]
    ) {
        let user = try UserID(name, limits: limits)
        if let account = caller.person.account {
            guard Handle(trusted: user.text) == account.handle else { throw .nameTaken }
            let rooms = statuses.set(status, of: PersonID(account.id), at: now) ?? []
            return (UserID(account.handle), rooms)
        }
        guard try await !environment.isReserved(user.text) else { throw .nameReserved }
        guard let person = statuses.guest(user, from: caller.proof.address) else { throw .personNotFound }
        return (user, statuses.set(status, of: person, at: now) ?? [])
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
