public import Bytes

/// Keeps accounts and their sessions. A write that returns is durable.
///
/// After each commit the store calls the observer with what has changed, in order, and only then do the calls return.
public protocol AccountStore: TokenStore {
    /// Makes the store ready; called once, before anything else.
    func start(observer: @escaping @Sendable ([AccountEvent]) -> Void) async throws(AccountStoreError)

    /// Throws `handleTaken`, `emailTaken` or `tooManyAccounts`.
    func createAccount(_ account: NewAccount, noting deed: Deed?) async throws(AccountStoreError) -> Account

    func account(_ handle: Handle) async throws(AccountStoreError) -> AccountRecord?
    func account(_ email: EmailAddress) async throws(AccountStoreError) -> AccountRecord?
    func account(_ key: AccountKey) async throws(AccountStoreError) -> AccountRecord?

    /// Whether a handle is an account's, be it one that is deleted now or has another one since not long ago.
    func isTaken(_ handle: Handle) async throws(AccountStoreError) -> Bool

    /// A page of accounts, in the order of what their handles look like.
    func accounts(_ query: AccountQuery) async throws(AccountStoreError) -> [Account]

    /// Whether there is an account with that role; a server without an administrator asks for one.
    func hasAccount(with role: Role) async throws(AccountStoreError) -> Bool

    /// Throws `accountMissing`, `emailTaken`, `handleTaken`, `tooManyHandles` or `lastAdministrator`.
    func update(
        _ account: AccountKey, _ change: AccountChange, noting deed: Deed?
    ) async throws(AccountStoreError) -> Account

    /// Removes the account with its sessions; its handle stays taken, so that nobody speaks in its name.
    /// Throws `accountMissing` or `lastAdministrator`.
    func delete(_ account: AccountKey, noting deed: Deed?) async throws(AccountStoreError)

    /// Adds the session; beyond `most` of its account, those used longest ago end.
    func createSession(_ session: Session, most: Int) async throws(AccountStoreError)

    /// The session with its account; `nil` where it has ended.
    func session(_ id: UUID) async throws(AccountStoreError) -> SessionRecord?

    /// The sessions of an account, the one used last first.
    func sessions(of account: AccountKey) async throws(AccountStoreError) -> [Session]

    /// Moves a session on by one generation. Where `generation` is not its newest, the session ends and the call throws
    /// `staleRefresh`: one of two that hold its tokens is a thief.
    func refresh(
        _ id: UUID, from generation: Int64, at time: Int64, by address: IPAddress?, until expires: Int64
    ) async throws(AccountStoreError) -> SessionRecord

    /// Ends sessions of an account; throws `sessionMissing` where it has none of them.
    func endSessions(
        of account: AccountKey, _ which: SessionSelection, noting deed: Deed?
    ) async throws(AccountStoreError)

    /// Ends the sessions whose time is over, and frees handles that were given up long enough ago.
    func sweepSessions(at time: Int64) async throws(AccountStoreError)

    /// Keeps a sign-in link, in the place of those that its account had. Throws `accountMissing`.
    func createLink(_ link: StoredLink, noting deed: Deed?) async throws(AccountStoreError)

    /// Whether a sign-in link is good.
    func hasLink(_ digest: [UInt8], at time: Int64) async throws(AccountStoreError) -> Bool

    /// Takes a sign-in link, so that nobody uses it again, and gives its account; `nil` where it is not good. Where there is
    /// a hash it becomes the account's, and all its sessions end.
    func takeLink(
        _ digest: [UInt8], at time: Int64, passwordHash: String?
    ) async throws(AccountStoreError) -> Account?
}

extension AccountStore {
    /// As an account does it itself: nothing is noted of that.
    public func createAccount(_ account: NewAccount) async throws(AccountStoreError) -> Account {
        try await createAccount(account, noting: nil)
    }

    public func update(_ account: AccountKey, _ change: AccountChange) async throws(AccountStoreError) -> Account {
        try await update(account, change, noting: nil)
    }

    public func delete(_ account: AccountKey) async throws(AccountStoreError) {
        try await delete(account, noting: nil)
    }

    public func endSessions(of account: AccountKey, _ which: SessionSelection) async throws(AccountStoreError) {
        try await endSessions(of: account, which, noting: nil)
    }
}

/// An account as it is to be made.
public struct NewAccount: Sendable {
    public var id: UUID
    public var handle: Handle
    public var displayName: String
    public var email: EmailAddress?
    public var passwordHash: String
    public var role: Role
    /// Milliseconds since 1970.
    public var created: Int64
    /// How many accounts there may be.
    public var most: Int

    public init(
        id: UUID, handle: Handle, displayName: String, email: EmailAddress?, passwordHash: String, role: Role,
        created: Int64, most: Int
    ) {
        self.id = id
        self.handle = handle
        self.displayName = displayName
        self.email = email
        self.passwordHash = passwordHash
        self.role = role
        self.created = created
        self.most = most
    }
}

/// An account with what only the log-in may see.
public struct AccountRecord: Sendable {
    public var account: Account
    /// Empty where the account has no password yet.
    public var passwordHash: String

    public init(account: Account, passwordHash: String) {
        self.account = account
        self.passwordHash = passwordHash
    }
}

public struct SessionRecord: Sendable {
    public var session: Session
    public var account: Account

    public init(session: Session, account: Account) {
        self.session = session
        self.account = account
    }
}

/// A handle that is to take the place of another.
public struct HandleChange: Sendable {
    public let handle: Handle
    /// Until when the former one is kept for the account, in milliseconds since 1970.
    public let reservedUntil: Int64
    /// How many may be kept for it.
    public let most: Int

    public init(handle: Handle, reservedUntil: Int64, most: Int) {
        self.handle = handle
        self.reservedUntil = reservedUntil
        self.most = most
    }
}

/// What is to be changed about an account; `nil` stays as it is.
public struct AccountChange: Sendable {
    public var handle: HandleChange?
    /// Whether all sessions end with the change.
    public var endsSessions = false
    public var displayName: String?
    public var email: EmailAddress?
    public var passwordHash: String?
    public var role: Role?
    public var isDisabled: Bool?

    public init(
        displayName: String? = nil, email: EmailAddress? = nil, passwordHash: String? = nil, role: Role? = nil,
        isDisabled: Bool? = nil
    ) {
        self.displayName = displayName
        self.email = email
        self.passwordHash = passwordHash
        self.role = role
        self.isDisabled = isDisabled
    }
}

/// Which sessions of an account.
public enum SessionSelection: Sendable, Equatable {
    case one(UUID)
    /// All, but for the one named.
    case all(but: UUID?)
    /// All of a family, but for the one named.
    case family(String, but: UUID?)
}

/// What became durable about accounts.
public enum AccountEvent: Sendable, Equatable {
    case created(Account)
    case changed(Account)
    /// Follows `changed`, where it was the role that changed.
    case roleChanged(Account)
    /// Follows `changed`, where it was the handle that changed.
    case renamed(Account)
    case deleted(AccountKey)
    /// Sessions have ended, for whatever reason: what is open under them is to be closed.
    case ended([UUID], of: AccountKey)
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
    /// `nil` where there is no password that could be right.
    var checkedHash: String? { passwordHash.isEmpty ? nil : passwordHash }

    /// Changes what is to be changed.
    public mutating func apply(_ change: AccountChange) {
        if let handle = change.handle { account.handle = handle.handle }
        if let name = change.displayName { account.displayName = name }
        if let email = change.email { account.email = email }
        if let role = change.role { account.role = role }
        if let isDisabled = change.isDisabled { account.isDisabled = isDisabled }
        if let hash = change.passwordHash { passwordHash = hash }
    }
}
