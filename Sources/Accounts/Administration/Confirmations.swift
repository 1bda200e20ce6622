public import Bytes

/// Which sessions have shown their password lately, so that a dangerous action need not ask for it again.
final class Confirmations: Sendable {
    private let times = Locked<[UUID: Int64]>([:])
    private let grace: Int64

    /// At so many those that are over are looked for; of administrators there are few.
    private static let most = 10_000

    /// - Parameter grace: how long a confirmation is good, in seconds.
    init(grace: Int64) { self.grace = grace * 1000 }

    func note(_ session: UUID, at now: Int64) {
        times.withLock { times in
            if times.count >= Self.most { times = times.filter { abs(now - $0.value) < grace } }
            if times.count < Self.most { times[session] = now }
        }
    }

    /// A clock that was set back makes nothing good for longer.
    func isFresh(_ session: UUID, at now: Int64) -> Bool {
        times.withLock { times in times[session].map { abs(now - $0) < grace } ?? false }
    }
}

extension Accounts {
    /// Passes who has shown the password with this request, or with another one of the session a short time ago.
    ///
    /// Throws `passwordNeeded` where it is to be shown, and `wrongPassword`, which is counted like one at a log-in.
    public func confirmAgain(
        _ password: String?, of identity: Identity, from address: IPAddress?
    ) async throws(AccountError) {
        guard let password else {
            guard confirmations.isFresh(identity.session, at: now) else { throw .passwordNeeded }
            return
        }
        try await confirm(password, of: identity, from: address)
        confirmations.note(identity.session, at: now)
    }

    /// What is known of the caller now: the account may have been given another role, or have ended the session, since
    /// its token was shown.
    public func current(_ identity: Identity) async throws(AccountError) -> Identity {
        guard identity.scopes == nil else { return try await current(token: identity.session) }
        let entry = try await entry(ofSession: identity.session)
        return Identity(account: entry.account, session: identity.session, expires: identity.expires)
    }

    /// Whose a session is, for who has shown in another way than by a token that it is theirs.
    public func identity(ofSession session: UUID) async throws(AccountError) -> Identity {
        let entry = try await entry(ofSession: session)
        guard entry.token == nil, entry.expires > now else { throw .notLoggedIn }
        return Identity(account: entry.account, session: session, expires: entry.expires)
    }

    private func entry(ofSession session: UUID) async throws(AccountError) -> LiveSessions.Entry {
        let (known, mark) = live.find(session)
        if let known { return known }
        let record = try await stored { store throws(AccountStoreError) in try await store.session(session) }
        guard let record, !record.account.isDisabled else { throw .notLoggedIn }
        let entry = LiveSessions.Entry(record)
        live.insert(entry, mark: mark)
        return entry
    }
}
