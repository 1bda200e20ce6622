public import Bytes
import Cryptography
import EventLoops

/// An API token that is wanted.
public struct TokenWish: Sendable {
    public var name: String
    public var scopes: Set<Scope>
    /// How long it is to be good for; `nil` for ever.
    public var seconds: Int64?

    public init(_ name: String, _ scopes: Set<Scope>, seconds: Int64? = nil) {
        self.name = name
        self.scopes = scopes
        self.seconds = seconds
    }
}

extension Accounts {
    /// Makes a token for the caller's own account.
    public func makeToken(_ wish: TokenWish, for identity: Identity) async throws(AccountError) -> NewAPIToken {
        try await makeToken(wish, for: identity.account)
    }

    /// The caller's tokens, the newest first.
    public func tokens(of identity: Identity) async throws(AccountError) -> [APIToken] {
        try await tokens(of: identity.account)
    }

    /// Revokes a token of the caller; what is open under it is closed at once.
    public func revokeToken(_ id: UUID, of identity: Identity) async throws(AccountError) {
        try await revokeToken(id, of: identity.account)
    }

    // MARK: - Inside

    /// Ten years.
    private static let longestToken: Int64 = 315_360_000
    /// How often the use of a token is noted, in milliseconds.
    private static let noteInterval: Int64 = 60_000

    func makeToken(_ wish: TokenWish, for account: Account) async throws(AccountError) -> NewAPIToken {
        guard let name = Normalization.identifier(wish.name, longest: limits.tokenNameLength) else {
            throw .invalidTokenName(longest: limits.tokenNameLength)
        }
        guard !wish.scopes.isEmpty else { throw .invalidScopes }
        if wish.scopes.contains(.admin), account.role != .administrator { throw .scopeForbidden(.admin) }
        if let seconds = wish.seconds, !(60...Self.longestToken).contains(seconds) { throw .invalidTokenTime }
        let now = now
        let text = APITokenText(id: newID(), environment.random)
        let token = APIToken(
            id: text.id, account: account.key, name: name, scopes: wish.scopes, created: now,
            expires: wish.seconds.map { now + $0 * 1000 })
        let (stored, most) = (StoredToken(token: token, digest: text.digest), limits.tokensPerAccount)
        try await self.stored { store throws(AccountStoreError) in try await store.createToken(stored, most: most) }
        return NewAPIToken(token: token, text: text.text)
    }

    func tokens(of account: Account) async throws(AccountError) -> [APIToken] {
        try await stored { store throws(AccountStoreError) in try await store.tokens(of: account.key) }
    }

    func revokeToken(_ id: UUID, of account: Account) async throws(AccountError) {
        try await stored { store throws(AccountStoreError) in try await store.endToken(id, of: account.key) }
    }

    /// Who shows an API token; notes that it was used.
    func identity(ofAPIToken text: String) async throws(AccountError) -> Identity {
        guard let shown = APITokenText(text) else { throw .notLoggedIn }
        let entry = try await entry(ofToken: shown.id)
        guard let token = entry.token, constantTimeEquals(shown.digest, token.digest) else { throw .notLoggedIn }
        let identity = try identity(entry)
        if live.isUseDue(shown.id, at: now, every: Self.noteInterval) {
            // Where it cannot be noted, as on a full disk, the token is as good as before.
            try? await environment.store.noteUse(ofToken: shown.id, at: now)
        }
        return identity
    }

    /// What is known now of an API token that was shown before.
    func current(token id: UUID) async throws(AccountError) -> Identity {
        try identity(try await entry(ofToken: id))
    }

    private func identity(_ entry: LiveSessions.Entry) throws(AccountError) -> Identity {
        guard let token = entry.token?.token, entry.expires > now else { throw .notLoggedIn }
        return Identity(account: entry.account, session: token.id, expires: entry.expires, scopes: token.scopes)
    }

    private func entry(ofToken id: UUID) async throws(AccountError) -> LiveSessions.Entry {
        let (known, mark) = live.find(id)
        if let known { return known }
        let record = try await stored { store throws(AccountStoreError) in try await store.token(id) }
        guard let record, !record.account.isDisabled else { throw .notLoggedIn }
        let entry = LiveSessions.Entry(record)
        live.insert(entry, mark: mark)
        return entry
    }
}
