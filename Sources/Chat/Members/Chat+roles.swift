public import Accounts

extension Chat {
    /// Gives a member another role; there is one owner, whom `transfer` changes.
    public func setRole(
        _ role: RoomRole, of name: String, in id: String, for caller: Caller
    ) async throws(ChatError) {
        let grant = try await authorize(.govern, in: id, for: caller)
        let member = try await member(named: name, in: grant.room)
        guard member.role != .owner else { throw .ownerStays }
        guard role != .owner else { return try await transfer(id, to: name, for: caller) }
        let deed = try deed(
            "member.role_changed", in: grant.room, by: caller,
            [.init("user", member.account.handle.text), .init("role", role.rawValue)])
        do {
            try await environment.store.setRole(role, of: member.account.key, in: grant.room, noting: deed)
        } catch {
            throw failure(error, of: grant.room)
        }
    }

    /// Hands a room on to one of its members; the owner becomes a moderator.
    public func transfer(_ id: String, to name: String, for caller: Caller) async throws(ChatError) {
        let grant = try await authorize(.govern, in: id, for: caller)
        let heir = try await member(named: name, in: grant.room)
        guard heir.role != .owner else { return }
        let deed = try deed("room.transferred", in: grant.room, by: caller, [.init("user", heir.account.handle.text)])
        do {
            try await environment.store.transfer(grant.room, to: heir.account.key, noting: deed)
        } catch {
            throw failure(error, of: grant.room)
        }
    }

    /// Brings an account into a room without a connection.
    public func enter(_ id: String, as caller: Caller) async throws(ChatError) -> RoomRole? {
        guard let account = caller.person.account else { throw .accessDenied(.accountNeeded) }
        let grant = try await authorize(.join, in: id, for: caller)
        if let role = grant.role { return role }
        return try await enroll(account, in: grant.room)
    }

    /// Gives up an account's place in a room; its connections are in it no longer.
    public func giveUp(_ id: String, by account: Account) async throws(ChatError) {
        let user = UserID(account.handle)
        // To go needs nobody's leave, wherever one comes from.
        guard let room = try await directory.room(RoomID(id, limits: limits)),
            let role = try await role(of: account, in: room)
        else { throw .memberNotFound }
        guard role != .owner else { throw .ownerStays }
        let expulsion = Expulsion(.left, user, account: account.key, by: user)
        do {
            _ = try await environment.store.expel(
                expulsion, nil, from: room, most: limits.sanctionsPerRoom, purging: nil, noting: nil)
        } catch {
            throw failure(error, of: room)
        }
    }

    private func member(named name: String, in room: Room) async throws(ChatError) -> (account: Account, role: RoomRole)
    {
        guard let account = try await environment.account(name) else { throw .memberNotFound }
        guard let role = try await role(of: account, in: room) else { throw .memberNotFound }
        return (account, role)
    }
}
