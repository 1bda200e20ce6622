public import Accounts

/// Why somebody is in a room no longer.
public struct Expulsion: Sendable, Equatable {
    public enum Cause: String, Sendable {
        case kicked
        case banned
        /// The account gave up its place.
        case left
    }

    public let cause: Cause
    public let user: UserID
    /// `nil` for a guest.
    public let account: AccountKey?
    public let reason: String
    /// Who did it.
    public let moderator: UserID

    public init(_ cause: Cause, _ user: UserID, account: AccountKey?, reason: String = "", by moderator: UserID) {
        self.cause = cause
        self.user = user
        self.account = account
        self.reason = reason
        self.moderator = moderator
    }
}
