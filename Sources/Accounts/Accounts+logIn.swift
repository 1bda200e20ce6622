public import Bytes

extension Accounts {
    /// Begins a session for who knows the password of the account with this handle or e-mail address.
    ///
    /// An account that there is not, a wrong password and a disabled account are told apart by nothing, the time included.
    public func logIn(_ name: String, password: String, on device: Device) async throws(AccountError) -> TokenPair {
        try await begin(try await authenticate(name, password: password, from: device.address), on: device)
    }

    /// The account of a handle or an e-mail address, for who knows its password; refused as at a log-in, and no session
    /// begins.
    public func authenticate(
        _ name: String, password: String, from address: IPAddress?
    ) async throws(AccountError) -> Account {
        let record = try await record(named: name)
        let isKnown = try await isKnown(address, to: record)
        let key = Lookalikes.skeleton(of: String(name.prefix(longestName)))
        let check = try await check(
            password, with: record?.checkedHash, counting: key, from: address, isKnown: isKnown)
        guard case .right(let newHash) = check, let account = record?.account, !account.isDisabled else {
            throw .wrongCredentials
        }
        attempts.succeeded(key, from: address, isKnown: isKnown)
        if let newHash { await upgrade(account, to: newHash) }
        return account
    }

    /// Begins a session of an account that has proved itself.
    public func begin(_ account: Account, on device: Device) async throws(AccountError) -> TokenPair {
        let now = now
        let session = Session(
            id: newID(), account: account.key, family: device.family, device: shortened(device.name),
            address: device.address, created: now, lastUsed: now, expires: now + limits.sessionLifetime * 1000)
        let pair = try tokens.pair(for: session, of: account)
        let most = limits.sessionsPerAccount
        try await stored { store throws(AccountStoreError) in try await store.createSession(session, most: most) }
        return pair
    }

    /// Checks the password that a dangerous action asks for again.
    public func confirm(_ password: String, of identity: Identity, from address: IPAddress?) async throws(AccountError)
    {
        let key = identity.account.handle.skeleton
        let record = try await stored { store throws(AccountStoreError) in
            try await store.account(identity.account.key)
        }
        guard let record else { throw .notLoggedIn }
        let check = try await check(
            password, with: record.checkedHash, counting: key, from: address, isKnown: true)
        guard case .right = check else { throw .wrongPassword }
        attempts.succeeded(key, from: address, isKnown: true)
    }

    // MARK: - Inside

    /// Counts a try at an account and looks at the password; who is right says so to `attempts`.
    private func check(
        _ password: String, with hash: String?, counting key: String, from address: IPAddress?, isKnown: Bool
    ) async throws(AccountError) -> PasswordHasher.Check {
        try attempts.begin(key, from: address, isKnown: isKnown)
        guard let password = Normalization.password(password, longest: limits.passwordLength) else { return .wrong }
        do {
            return try await hasher.check(password, with: hash)
        } catch {
            attempts.withdrew(key, from: address, isKnown: isKnown)
            throw .busy
        }
    }

    /// No handle and no e-mail address is longer.
    private var longestName: Int { max(limits.handleLength, 254) }

    private func record(named name: String) async throws(AccountError) -> AccountRecord? {
        guard name.unicodeScalars.count <= longestName else { return nil }
        return try await stored { store throws(AccountStoreError) in
            // No handle has an `@`.
            name.contains("@")
                ? try await store.account(EmailAddress(trusted: name))
                : try await store.account(Handle(trusted: name))
        }
    }

    private func isKnown(_ address: IPAddress?, to record: AccountRecord?) async throws(AccountError) -> Bool {
        guard let subscriber = address?.subscriber else { return false }
        // Looked for also where there is no account: how long it takes must not tell.
        let key = record?.account.key ?? AccountKey(rawValue: 0)
        let sessions = try await stored { store throws(AccountStoreError) in try await store.sessions(of: key) }
        return sessions.contains { $0.address?.subscriber == subscriber }
    }

    /// Stores a hash of today's cost. Where that fails, the old one is as good as it was, and the next log-in tries again.
    private func upgrade(_ account: Account, to hash: String) async {
        _ = try? await environment.store.update(account.key, AccountChange(passwordHash: hash))
    }

    /// What is kept of what a device calls itself: nothing that moves a reader's eye or terminal.
    private func shortened(_ name: String) -> String {
        var scalars = String.UnicodeScalarView()
        for scalar in name.unicodeScalars.prefix(limits.deviceLength) {
            switch scalar.properties.generalCategory {
            case .control, .format, .lineSeparator, .paragraphSeparator, .unassigned, .privateUse, .surrogate: break
            default: scalars.append(scalar)
            }
        }
        return Normalization.composed(String(scalars))
    }
}
