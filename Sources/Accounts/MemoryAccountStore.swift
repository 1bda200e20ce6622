public import Bytes

/// A store of accounts that forgets everything when the process ends.
public actor MemoryAccountStore: AccountStore {
    private var records: [AccountKey: AccountRecord] = [:]
    /// The skeletons of all handles that were ever given.
    private var handles: [Handle: AccountKey] = [:]
    private var sessions: [UUID: Session] = [:]
    private var lastKey: Int64 = 0
    private var observer: @Sendable ([AccountEvent]) -> Void = { _ in }

    public init() {}

    public func start(observer: @escaping @Sendable ([AccountEvent]) -> Void) { self.observer = observer }

    // MARK: Accounts

    public func createAccount(_ new: NewAccount) throws(AccountStoreError) -> Account {
        guard handles[new.handle] == nil else { throw .handleTaken }
        try checkFree(new.email, for: nil)
        guard records.count < new.most else { throw .tooManyAccounts }
        lastKey += 1
        let account = Account(
            key: AccountKey(rawValue: lastKey), id: new.id, handle: new.handle, displayName: new.displayName,
            email: new.email, role: new.role, created: new.created)
        records[account.key] = AccountRecord(account: account, passwordHash: new.passwordHash)
        handles[new.handle] = account.key
        observer([.created(account)])
        return account
    }

    public func account(_ handle: Handle) -> AccountRecord? { handles[handle].flatMap { records[$0] } }

    public func account(_ email: EmailAddress) -> AccountRecord? {
        records.values.first { $0.account.email == email }
    }

    public func account(_ key: AccountKey) -> AccountRecord? { records[key] }

    public func hasAccount(with role: Role) -> Bool { records.values.contains { $0.account.role == role } }

    public func update(_ key: AccountKey, _ change: AccountChange) throws(AccountStoreError) -> Account {
        guard var record = records[key] else { throw .accountMissing }
        try checkFree(change.email, for: key)
        record.apply(change)
        records[key] = record
        observer([.changed(record.account)])
        if change.isDisabled == true { end(sessions(of: key).map(\.id), of: key) }
        return record.account
    }

    public func delete(_ key: AccountKey) throws(AccountStoreError) {
        guard records.removeValue(forKey: key) != nil else { throw .accountMissing }
        end(sessions(of: key).map(\.id), of: key)
        observer([.deleted(key)])
    }

    private func checkFree(_ email: EmailAddress?, for key: AccountKey?) throws(AccountStoreError) {
        if let email, let owner = account(email), owner.account.key != key { throw .emailTaken }
    }

    // MARK: Sessions

    public func createSession(_ session: Session, most: Int) throws(AccountStoreError) {
        guard records[session.account] != nil else { throw .accountMissing }
        sessions[session.id] = session
        end(sessions(of: session.account).dropFirst(most).map(\.id), of: session.account)
    }

    public func session(_ id: UUID) -> SessionRecord? {
        guard let session = sessions[id], let record = records[session.account] else { return nil }
        return SessionRecord(session: session, account: record.account)
    }

    public func sessions(of key: AccountKey) -> [Session] {
        sessions.values.filter { $0.account == key }.sorted { ($0.lastUsed, $0.created) > ($1.lastUsed, $1.created) }
    }

    public func refresh(
        _ id: UUID, from generation: Int64, at time: Int64, by address: IPAddress?, until expires: Int64
    ) throws(AccountStoreError) -> SessionRecord {
        guard var record = session(id), record.session.expires > time else { throw .sessionMissing }
        guard record.session.generation == generation else {
            end([id], of: record.account.key)
            throw .staleRefresh
        }
        record.session.generation += 1
        record.session.lastUsed = time
        record.session.address = address
        record.session.expires = expires
        sessions[id] = record.session
        return record
    }

    public func endSessions(of key: AccountKey, _ which: SessionSelection) throws(AccountStoreError) {
        let ending = sessions(of: key).filter { which.contains($0) }.map(\.id)
        guard !ending.isEmpty else { throw .sessionMissing }
        end(ending, of: key)
    }

    public func sweepSessions(at time: Int64) {
        for session in sessions.values where session.expires <= time { end([session.id], of: session.account) }
    }

    private func end(_ ids: [UUID], of key: AccountKey) {
        guard !ids.isEmpty else { return }
        for id in ids { sessions[id] = nil }
        observer([.ended(ids, of: key)])
    }
}

extension SessionSelection {
    /// Whether it means this session of the account.
    public func contains(_ session: Session) -> Bool {
        switch self {
        case .one(let id): session.id == id
        case .all(let kept): session.id != kept
        case .family(let family, let kept): session.family == family && session.id != kept
        }
    }
}

extension AccountRecord {
    /// Changes what is to be changed.
    public mutating func apply(_ change: AccountChange) {
        if let name = change.displayName { account.displayName = name }
        if let email = change.email { account.email = email }
        if let role = change.role { account.role = role }
        if let isDisabled = change.isDisabled { account.isDisabled = isDisabled }
        if let hash = change.passwordHash { passwordHash = hash }
    }
}
