public import Accounts
public import Bytes

/// What a person shows beside the name.
public struct Profile: Sendable, Equatable {
    public let user: UserID
    /// What others are shown; not unique.
    public let displayName: String
    /// A few visible characters, such as an emoji, or the http(s) address of a picture; empty for none.
    public let avatar: String
    /// Milliseconds since 1970.
    public let created: Int64
    /// Whose it is; `nil` for a guest's.
    public let account: AccountKey?
    /// Where the guest was who made it: only from there is it changed.
    public let network: CIDR?

    public init(
        _ user: UserID, displayName: String, avatar: String = "", created: Int64, account: AccountKey? = nil,
        network: CIDR? = nil
    ) {
        self.user = user
        self.displayName = displayName
        self.avatar = avatar
        self.created = created
        self.account = account
        self.network = network
    }

    /// What makes two names the same.
    public var look: String { Lookalikes.skeleton(of: user.text) }

    /// Whether this one may take the other's place.
    public func mayReplace(_ other: Profile) -> Bool {
        if let account { return other.account == nil || other.account == account }
        return other.account == nil && other.network == network
    }
}
