/// The bounds of accounts. Each is a setting, and docs/limits.md lists them.
public struct AccountLimits: Sendable, Equatable {
    /// Characters of a handle.
    public var handleLength = 50
    /// Characters of a display name.
    public var displayNameLength = 64
    /// Characters that a password has at least.
    public var shortestPassword = 8
    /// Characters of a password.
    public var passwordLength = 128
    /// Accounts in all.
    public var accounts = 1_000_000
    /// Sessions of one account; beyond, the one used longest ago ends.
    public var sessionsPerAccount = 50
    /// Characters that are kept of what a device calls itself.
    public var deviceLength = 200
    /// How long an access token is good for, in seconds.
    public var accessTokenLifetime: Int64 = 15 * 60
    /// How long a session lives without being refreshed, in seconds.
    public var sessionLifetime: Int64 = 30 * 86_400
    /// Wrong passwords that one address may try on one account in the window.
    public var failures = 10
    /// Wrong passwords that one address may try on all accounts together in the window.
    public var failuresPerAddress = 50
    /// Wrong passwords that all addresses together, but for those that the account was used from, may try on one account in
    /// the window.
    public var failuresPerAccount = 100
    /// How long a wrong password counts, in seconds.
    public var failureWindow: Int64 = 15 * 60
    /// Accounts and addresses whose wrong passwords are remembered; beyond, the oldest are forgotten.
    public var failureRecords = 100_000
    /// How long a password that was shown again for a dangerous action is good for the next ones, in seconds.
    public var confirmationGrace: Int64 = 5 * 60
    /// How long a sign-in link is good for unless told, in seconds.
    public var linkLifetime: Int64 = 60 * 60
    /// How long a sign-in link may be good for, in seconds.
    public var longestLink: Int64 = 7 * 86_400
    /// Handles that an account has given up and that are kept for it; it changes its handle no more often meanwhile.
    public var formerHandles = 3
    /// How long a handle that was given up is kept for its account, in seconds.
    public var formerHandleLifetime: Int64 = 90 * 86_400
    /// Accounts in one page of a list.
    public var listedAccounts = 100
    /// Characters that are looked for in a list of accounts.
    public var searchLength = 100
    /// API tokens of one account.
    public var tokensPerAccount = 50
    /// Characters of the name of an API token.
    public var tokenNameLength = 100
    /// Bots that one account has made, unless it is an administrator.
    public var botsPerAccount = 20
    /// Sessions that are kept at hand; others are read again when they are needed.
    public var cachedSessions = 50_000

    public init() {}
}
