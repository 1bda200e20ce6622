public import Bytes

extension Accounts {
    /// Changes what others are shown.
    public func rename(_ identity: Identity, to displayName: String) async throws(AccountError) -> Account {
        let change = AccountChange(displayName: try check(displayName: displayName))
        return try await update(identity.account.key, change)
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
