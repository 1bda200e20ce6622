public import Bytes

/// The store's number of an account.
public struct AccountKey: Hashable, Sendable {
    public let rawValue: Int64

    public init(rawValue: Int64) { self.rawValue = rawValue }
}

/// What somebody may do on the whole server.
public enum Role: String, Sendable, CaseIterable, Comparable {
    case member
    /// May do in every room that the server can read what a moderator of that room may.
    case moderator
    /// May do everything.
    case administrator

    public static func < (a: Role, b: Role) -> Bool {
        guard let left = allCases.firstIndex(of: a), let right = allCases.firstIndex(of: b) else { return false }
        return left < right
    }
}

/// Somebody who can log in.
public struct Account: Sendable, Equatable {
    public let key: AccountKey
    /// What other systems know the account by; never changes.
    public let id: UUID
    public var handle: Handle
    /// What others are shown; not unique.
    public var displayName: String
    /// Shown to nobody but the account itself and administrators.
    public var email: EmailAddress?
    public var role: Role
    /// A disabled account cannot log in, and has no session.
    public var isDisabled: Bool
    /// Milliseconds since 1970.
    public let created: Int64

    /// Whether it is a program's: it has no password, and nobody logs in with it.
    public var isBot: Bool { id.mark == Self.botMark }

    /// What the ids of bots are told by.
    public static let botMark: UInt16 = 1

    public init(
        key: AccountKey, id: UUID, handle: Handle, displayName: String, email: EmailAddress? = nil,
        role: Role = .member, isDisabled: Bool = false, created: Int64
    ) {
        self.key = key
        self.id = id
        self.handle = handle
        self.displayName = displayName
        self.email = email
        self.role = role
        self.isDisabled = isDisabled
        self.created = created
    }
}
