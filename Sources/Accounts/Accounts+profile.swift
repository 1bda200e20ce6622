public import Bytes

extension Accounts {
    /// Changes the handle, what others are shown, or both. The former handle is kept for the account for a time, in which
    /// nobody else can have it.
    public func rename(
        _ identity: Identity, handle: String? = nil, displayName: String? = nil
    ) async throws(AccountError) -> Account {
        var change = AccountChange()
        if let displayName { change.displayName = try check(displayName: displayName) }
        if let handle {
            change.handle = HandleChange(
                handle: try Handle(handle, longest: limits.handleLength),
                reservedUntil: now + limits.formerHandleLifetime * 1000, most: limits.formerHandles)
        }
        let wanted = change
        do {
            return try await environment.store.update(identity.account.key, wanted)
        } catch .tooManyHandles(let time) {
            throw .tooManyHandles(retryAfter: max((time - now + 999) / 1000, 1))
        } catch {
            throw AccountError(error)
        }
    }

    /// Changes the password and ends all other sessions.
    public func changePassword(
        of identity: Identity, from old: String, to new: String, address: IPAddress?
    ) async throws(AccountError) {
        try await confirm(old, of: identity, from: address)
        let hash = try await hash(new)
        _ = try await update(identity.account.key, AccountChange(passwordHash: hash))
        do {
            try await end(.all(but: identity.session), of: identity)
        } catch .sessionMissing {
            // There was no other.
        }
    }

    /// Deletes the caller's account and ends its sessions. Its handle stays taken.
    public func delete(_ identity: Identity, password: String, address: IPAddress?) async throws(AccountError) {
        try await confirm(password, of: identity, from: address)
        try await stored { store throws(AccountStoreError) in try await store.delete(identity.account.key) }
    }

    func update(_ key: AccountKey, _ change: AccountChange) async throws(AccountError) -> Account {
        try await stored { store throws(AccountStoreError) in try await store.update(key, change) }
    }
}
