public import Bytes

/// One log-in of one account on one device.
public struct Session: Sendable, Equatable {
    public let id: UUID
    public let account: AccountKey
    /// Which of the served protocols it was made in, such as `parley`: some of them allow one at a time.
    public let family: String
    /// What the device called itself; shown in the list of sessions.
    public var device: String
    /// Where it was used last.
    public var address: IPAddress?
    /// Milliseconds since 1970.
    public let created: Int64
    public var lastUsed: Int64
    /// When it ends unless it is refreshed before.
    public var expires: Int64
    /// How often it was refreshed: the number of the one refresh token that is good.
    public var generation: Int64

    public init(
        id: UUID, account: AccountKey, family: String, device: String, address: IPAddress?, created: Int64,
        lastUsed: Int64, expires: Int64, generation: Int64 = 0
    ) {
        self.id = id
        self.account = account
        self.family = family
        self.device = device
        self.address = address
        self.created = created
        self.lastUsed = lastUsed
        self.expires = expires
        self.generation = generation
    }
}

/// Who calls: an account, by one of its sessions or by an API token.
public struct Identity: Sendable, Equatable {
    public let account: Account
    /// The id of the session or of the API token.
    public let session: UUID
    /// When the token that was shown ends, in milliseconds since 1970; `Int64.max` for never.
    public let expires: Int64
    /// What an API token may do; `nil` for a session, which may do whatever its account may.
    public let scopes: Set<Scope>?

    public init(account: Account, session: UUID, expires: Int64, scopes: Set<Scope>? = nil) {
        self.account = account
        self.session = session
        self.expires = expires
        self.scopes = scopes
    }
}

/// Where a log-in comes from.
public struct Device: Sendable {
    /// What it calls itself, such as the header `User-Agent`.
    public var name: String
    public var address: IPAddress?
    /// Which of the served protocols it speaks.
    public var family: String

    public init(name: String = "", address: IPAddress? = nil, family: String = "parley") {
        self.name = name
        self.address = address
        self.family = family
    }
}

/// What a log-in or a refresh gives.
public struct TokenPair: Sendable {
    public let account: Account
    public let session: UUID
    /// Shown with every request.
    public let access: String
    /// How long the access token is good for, in seconds.
    public let accessLifetime: Int64
    /// Good for one refresh.
    public let refresh: String
}
