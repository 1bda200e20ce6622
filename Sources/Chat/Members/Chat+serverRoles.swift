public import Accounts
import Bytes

// Who is in a room already follows the roles that are given and taken on the server.

extension Chat {
    /// An account has another role on the server from now on: what it may do in the rooms that it is in changes with it.
    ///
    /// Called in the order of the changes.
    public func note(serverRole role: Role, of account: Account) {
        // First, so that a join that is under way finds it where this comes too early to find the join.
        serverRoles.withLock { $0[account.key] = role }
        let user = UserID(account.handle)
        for room in directory.present {
            for member in room.state.withLock({ $0.presence.members(named: user) }) where member.account == account.key
            {
                member.note(serverRole: role)
            }
        }
    }

    /// Gives a member that has just come in the role that its account has now.
    func followServerRole(_ member: Membership) {
        guard let account = member.account, let role = serverRoles.withLock({ $0[account] }) else { return }
        member.note(serverRole: role)
    }
}
