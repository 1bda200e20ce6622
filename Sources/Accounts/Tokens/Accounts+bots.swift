public import Bytes
import EventLoops

// Accounts of programs: whoever made one manages it, and so do administrators.

extension Accounts {
    /// Makes the account of a bot, which has no password, and no token yet.
    public func makeBot(
        _ handle: String, displayName: String? = nil, by identity: Identity, from address: IPAddress? = nil
    ) async throws(AccountError) -> Account {
        let handle = try Handle(handle, longest: limits.handleLength)
        let id = UUID(random: environment.random.bytes(16), mark: Account.botMark)
        let new = NewAccount(
            id: id, handle: handle, displayName: try check(displayName: displayName ?? handle.text), email: nil,
            passwordHash: "", role: .member, created: now, most: limits.accounts)
        let maker = identity.account
        let most = maker.role == .administrator ? nil : limits.botsPerAccount
        let deed = deed("bot.created", id, handle, by: identity, from: address)
        return try await stored { store throws(AccountStoreError) in
            try await store.createBot(new, by: maker.key, most: most, noting: deed)
        }
    }

    /// A page of the bots that the caller manages: those they made, or all of them for an administrator.
    public func bots(
        for identity: Identity, after: Handle? = nil, limit: Int? = nil
    ) async throws(AccountError) -> [Account] {
        let maker = identity.account.role == .administrator ? nil : identity.account.key
        let most = min(max(limit ?? limits.listedAccounts, 1), limits.listedAccounts)
        return try await stored { store throws(AccountStoreError) in
            try await store.bots(by: maker, after: after, limit: most)
        }
    }

    /// Removes a bot; its handle stays taken.
    public func deleteBot(
        _ handle: String, by identity: Identity, from address: IPAddress? = nil
    ) async throws(AccountError) {
        let bot = try await bot(handle, of: identity)
        let deed = deed("bot.deleted", bot.id, bot.handle, by: identity, from: address)
        try await stored { store throws(AccountStoreError) in try await store.delete(bot.key, noting: deed) }
    }

    /// Makes a token for a bot.
    public func makeToken(
        _ wish: TokenWish, forBot handle: String, by identity: Identity
    ) async throws(AccountError) -> NewAPIToken {
        try await makeToken(wish, for: try await bot(handle, of: identity))
    }

    /// The tokens of a bot, the newest first.
    public func tokens(ofBot handle: String, for identity: Identity) async throws(AccountError) -> [APIToken] {
        try await tokens(of: try await bot(handle, of: identity))
    }

    /// Revokes a token of a bot.
    public func revokeToken(_ id: UUID, ofBot handle: String, by identity: Identity) async throws(AccountError) {
        try await revokeToken(id, of: try await bot(handle, of: identity))
    }

    private func deed(
        _ action: String, _ bot: UUID, _ handle: Handle, by identity: Identity, from address: IPAddress?
    ) -> Deed {
        let actor = Deed.Actor(account: identity.account.id, from: address, by: .api)
        return Deed(action, target: bot.description, by: actor, details: [.init("handle", handle.text)])
    }

    /// A bot that the caller manages; of others they are not told.
    private func bot(_ handle: String, of identity: Identity) async throws(AccountError) -> Account {
        let bot = try await existing(handle)
        let maker = try await stored { store throws(AccountStoreError) in try await store.maker(ofBot: bot.key) }
        guard let maker, maker == identity.account.key || identity.account.role == .administrator else {
            throw .accountMissing
        }
        return bot
    }
}
