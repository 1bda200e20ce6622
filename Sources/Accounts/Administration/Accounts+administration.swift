public import Bytes

// What administrators do with the accounts of others.

extension Accounts {
    /// A page of accounts, in the order of what their handles look like.
    public func accounts(_ query: AccountQuery) async throws(AccountError) -> [Account] {
        var query = query
        query.text = String(query.text.prefix(limits.searchLength))
        query.limit = min(max(query.limit, 1), limits.listedAccounts)
        return try await stored { store throws(AccountStoreError) in try await store.accounts(query) }
    }

    /// An account with its sessions, the one used last first.
    public func details(of handle: String) async throws(AccountError) -> (account: Account, sessions: [Session]) {
        let account = try await existing(handle)
        let sessions = try await stored { store throws(AccountStoreError) in
            try await store.sessions(of: account.key)
        }
        return (account, sessions)
    }

    /// Changes what somebody is called, what they may do, and whether they may log in; holds at once, for what is open
    /// too.
    ///
    /// Throws `lastAdministrator` where nobody would be left to administer the server.
    public func change(
        _ handle: String, _ wanted: AdministrativeChange, by administrator: any Authority
    ) async throws(AccountError) -> Account {
        let account = try await existing(handle)
        var change = AccountChange(role: wanted.role, isDisabled: wanted.isDisabled)
        var details: [Deed.Detail] = [.init("handle", account.handle.text)]
        if let name = wanted.displayName {
            change.displayName = try check(displayName: name)
            details.append(.init("display_name", name))
        }
        if let role = wanted.role { details.append(.init("role", role.rawValue)) }
        if let isDisabled = wanted.isDisabled { details.append(.init("disabled", isDisabled ? "true" : "false")) }
        let deed = Deed(
            "user.changed", target: account.id.description, by: administrator, details: details,
            reason: wanted.reason)
        let asked = change
        return try await stored { store throws(AccountStoreError) in
            try await store.update(account.key, asked, noting: deed)
        }
    }

    /// Removes an account; its handle stays taken. Throws `lastAdministrator`.
    public func delete(
        _ handle: String, reason: String? = nil, by administrator: any Authority
    ) async throws(AccountError) {
        let account = try await existing(handle)
        let deed = deed("user.deleted", account, by: administrator, reason: reason)
        try await stored { store throws(AccountStoreError) in try await store.delete(account.key, noting: deed) }
    }

    /// Ends all sessions of an account; what is open under them is closed.
    public func endSessions(of handle: String, by administrator: any Authority) async throws(AccountError) {
        let account = try await existing(handle)
        let deed = deed("user.logged_out", account, by: administrator)
        do {
            try await environment.store.endSessions(of: account.key, .all(but: nil), noting: deed)
        } catch .sessionMissing {
            // There was none.
        } catch {
            throw AccountError(error)
        }
    }

    /// Ends one session of an account. Throws `sessionMissing`.
    public func endSession(
        _ session: UUID, of handle: String, by administrator: any Authority
    ) async throws(AccountError) {
        let account = try await existing(handle)
        let deed = Deed(
            "user.session_ended", target: account.id.description, by: administrator,
            details: [.init("handle", account.handle.text), .init("session", session.description)])
        try await stored { store throws(AccountStoreError) in
            try await store.endSessions(of: account.key, .one(session), noting: deed)
        }
    }

    /// Gives an account another password; all its sessions end.
    public func setPassword(
        of handle: String, to password: String, reason: String? = nil, by administrator: any Authority
    ) async throws(AccountError) {
        let account = try await existing(handle)
        var change = AccountChange(passwordHash: try await hash(password))
        change.endsSessions = true
        let (wanted, deed) = (change, deed("user.password_set", account, by: administrator, reason: reason))
        _ = try await stored { store throws(AccountStoreError) in
            try await store.update(account.key, wanted, noting: deed)
        }
    }

    /// Makes an account for somebody else, with a password.
    public func register(
        _ registration: Registration, by administrator: any Authority
    ) async throws(AccountError) -> Account {
        let handle = try Handle(registration.handle, longest: limits.handleLength)
        let email = try registration.email.map { (text) throws(AccountError) in try EmailAddress(text) }
        let new = NewAccount(
            id: newID(), handle: handle, displayName: try check(displayName: registration.displayName ?? handle.text),
            email: email, passwordHash: try await hash(registration.password), role: registration.role, created: now,
            most: limits.accounts)
        return try await create(new, by: administrator)
    }

    /// Makes an account without a password: its owner comes in by the link, and may set one then.
    public func make(
        _ handle: String, displayName: String? = nil, email: String? = nil, role: Role = .member,
        linkSeconds: Int64? = nil, by administrator: any Authority
    ) async throws(AccountError) -> (account: Account, link: SignInLink) {
        let handle = try Handle(handle, longest: limits.handleLength)
        let seconds = try check(linkSeconds: linkSeconds)
        var address: EmailAddress?
        if let email { address = try EmailAddress(email) }
        let new = NewAccount(
            id: newID(), handle: handle, displayName: try check(displayName: displayName ?? handle.text),
            email: address, passwordHash: "", role: role, created: now, most: limits.accounts)
        let account = try await create(new, by: administrator)
        return (account, try await makeLink(for: account, seconds: seconds, by: administrator))
    }

    // MARK: - Inside

    private func create(_ new: NewAccount, by administrator: any Authority) async throws(AccountError) -> Account {
        let deed = Deed(
            "user.created", target: new.id.description, by: administrator,
            details: [.init("handle", new.handle.text), .init("role", new.role.rawValue)])
        return try await stored { store throws(AccountStoreError) in
            try await store.createAccount(new, noting: deed)
        }
    }

    func existing(_ handle: String) async throws(AccountError) -> Account {
        guard handle.unicodeScalars.count <= limits.handleLength, let account = try await account(named: handle) else {
            throw .accountMissing
        }
        return account
    }

    func deed(
        _ action: String, _ account: Account, by administrator: any Authority, reason: String? = nil
    ) -> Deed {
        Deed(
            action, target: account.id.description, by: administrator,
            details: [.init("handle", account.handle.text)], reason: reason)
    }
}
