public import Accounts
public import Bytes
import SQLite

extension SQLiteStore: AccountStore {
    public func start(observer: @escaping @Sendable ([AccountEvent]) -> Void) async throws(AccountStoreError) {
        observers.withLock { $0.accounts = observer }
    }

    // MARK: Accounts

    public func createAccount(
        _ account: NewAccount, noting deed: Deed?
    ) async throws(AccountStoreError) -> Account {
        try await change(noting: deed) { (log, events) in try log.createAccount(account, &events) }
    }

    public func isTaken(_ handle: Handle) async throws(AccountStoreError) -> Bool {
        try await look { database in try database.isTaken(handle) }
    }

    public func accounts(_ query: AccountQuery) async throws(AccountStoreError) -> [Account] {
        do { return try await pages.read { try $0.accounts(query) } } catch { throw AccountStoreError(error) }
    }

    public func account(_ handle: Handle) async throws(AccountStoreError) -> AccountRecord? {
        try await look { database in try database.account(handle) }
    }

    public func account(_ email: EmailAddress) async throws(AccountStoreError) -> AccountRecord? {
        try await look { database in try database.account(email) }
    }

    public func account(_ key: AccountKey) async throws(AccountStoreError) -> AccountRecord? {
        try await look { database in try database.account(key) }
    }

    public func hasAccount(with role: Role) async throws(AccountStoreError) -> Bool {
        try await look { database in try database.hasAccount(with: role) }
    }

    public func update(
        _ account: AccountKey, _ change: AccountChange, noting deed: Deed?
    ) async throws(AccountStoreError) -> Account {
        try await self.change(noting: deed) { (log, events) in try log.update(account, change, &events) }
    }

    public func delete(_ account: AccountKey, noting deed: Deed?) async throws(AccountStoreError) {
        try await change(noting: deed) { (log, events) in try log.delete(account, &events) }
    }

    // MARK: Sessions

    public func createSession(_ session: Session, most: Int) async throws(AccountStoreError) {
        try await change { (log, events) in try log.createSession(session, most: most, &events) }
    }

    public func session(_ id: UUID) async throws(AccountStoreError) -> SessionRecord? {
        try await look { database in try database.snapshot { try database.session(id) } }
    }

    public func sessions(of account: AccountKey) async throws(AccountStoreError) -> [Session] {
        try await look { database in try database.sessions(of: account) }
    }

    public func refresh(
        _ id: UUID, from generation: Int64, at time: Int64, by address: IPAddress?, until expires: Int64
    ) async throws(AccountStoreError) -> SessionRecord {
        let record = try await change { (log, events) in
            try log.refresh(id, from: generation, at: time, by: address, until: expires, &events)
        }
        guard let record else { throw .staleRefresh }
        return record
    }

    public func endSessions(
        of account: AccountKey, _ which: SessionSelection, noting deed: Deed?
    ) async throws(AccountStoreError) {
        try await change(noting: deed) { (log, events) in try log.endSessions(of: account, which, &events) }
    }

    public func sweepSessions(at time: Int64) async throws(AccountStoreError) {
        try await change { (log, events) in
            try log.sweepSessions(at: time, &events)
            try log.sweepTokens(at: time, &events)
        }
    }

    // MARK: Links

    public func createLink(_ link: StoredLink, noting deed: Deed?) async throws(AccountStoreError) {
        try await change(noting: deed) { (log, _) in try log.createLink(link) }
    }

    public func hasLink(_ digest: [UInt8], at time: Int64) async throws(AccountStoreError) -> Bool {
        try await look { database in try database.account(ofLink: digest, at: time) != nil }
    }

    public func takeLink(
        _ digest: [UInt8], at time: Int64, passwordHash: String?
    ) async throws(AccountStoreError) -> Account? {
        try await change { (log, events) in
            try log.takeLink(digest, at: time, passwordHash: passwordHash, &events)
        }
    }

    // MARK: - Inside

    func change<R: Sendable>(
        noting deed: Deed? = nil, _ body: @escaping @Sendable (MessageLog, inout [StoreEvent]) throws -> R
    ) async throws(AccountStoreError) -> R {
        do {
            return try await writer.write { (log, events) in
                let result = try body(log, &events)
                try log.note(deed, &events)
                return result
            }
        } catch {
            throw AccountStoreError(error)
        }
    }

    func look<R: Sendable>(
        _ body: @escaping @Sendable (Database) throws -> R
    ) async throws(AccountStoreError) -> R {
        do { return try await readers.read(body) } catch { throw AccountStoreError(error) }
    }
}
