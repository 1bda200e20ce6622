public import Bytes

extension Accounts {
    /// Who shows an access token, or an API token.
    ///
    /// Throws `tokenExpired` where refreshing helps, and `notLoggedIn` where it does not.
    public func identity(of token: String) async throws(AccountError) -> Identity {
        if APITokenText.isOne(token) { return try await identity(ofAPIToken: token) }
        let claims = try tokens.access(token)
        let (known, mark) = live.find(claims.session)
        if let known { return try identity(known, claims) }
        let record = try await stored { store throws(AccountStoreError) in try await store.session(claims.session) }
        guard let record, !record.account.isDisabled else { throw .notLoggedIn }
        let entry = LiveSessions.Entry(record)
        live.insert(entry, mark: mark)
        return try identity(entry, claims)
    }

    /// Whether a text is an access token that this server made, also one whose time is over, or has the form of an API
    /// token; a room's token is none.
    public func isAccessToken(_ token: String) -> Bool { APITokenText.isOne(token) || tokens.isAccess(token) }

    private func identity(
        _ entry: LiveSessions.Entry, _ claims: SessionTokens.Access
    ) throws(AccountError) -> Identity {
        guard entry.token == nil, entry.account.id == claims.account, entry.expires > now else { throw .notLoggedIn }
        return Identity(account: entry.account, session: entry.id, expires: claims.expires)
    }

    /// Gives two new tokens for a refresh token, which is good no longer. One that was used before ends its session.
    public func refresh(_ token: String, from address: IPAddress?) async throws(AccountError) -> TokenPair {
        let claims = try tokens.refresh(token)
        let now = now
        let expires = now + limits.sessionLifetime * 1000
        let record: SessionRecord
        do throws(AccountStoreError) {
            record = try await environment.store.refresh(
                claims.session, from: claims.generation, at: now, by: address, until: expires)
        } catch {
            throw error == .sessionMissing ? .notLoggedIn : AccountError(error)
        }
        return try tokens.pair(for: record.session, of: record.account)
    }

    /// Ends the caller's own session.
    public func logOut(_ identity: Identity) async throws(AccountError) {
        try await end(.one(identity.session), of: identity)
    }

    /// The caller's sessions, the one used last first.
    public func sessions(of identity: Identity) async throws(AccountError) -> [Session] {
        try await stored { store throws(AccountStoreError) in try await store.sessions(of: identity.account.key) }
    }

    /// Ends sessions of the caller; what is open under them is closed.
    public func end(_ which: SessionSelection, of identity: Identity) async throws(AccountError) {
        try await stored { store throws(AccountStoreError) in
            try await store.endSessions(of: identity.account.key, which)
        }
    }

    /// Ends the sessions and API tokens whose time is over; to be called now and then.
    public func sweep() async throws(AccountError) {
        let now = now
        try await stored { store throws(AccountStoreError) in try await store.sweepSessions(at: now) }
    }
}
