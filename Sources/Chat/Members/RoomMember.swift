public import Accounts

/// An account that belongs to a room.
public struct RoomMember: Sendable, Equatable {
    public let account: AccountKey
    public let user: UserID
    public let displayName: String
    public let role: RoomRole
    /// Milliseconds since 1970.
    public let joined: Int64
    /// Whether it is a program's.
    public let isBot: Bool

    public init(
        account: AccountKey, user: UserID, displayName: String, role: RoomRole, joined: Int64, isBot: Bool = false
    ) {
        self.isBot = isBot
        self.account = account
        self.user = user
        self.displayName = displayName
        self.role = role
        self.joined = joined
    }
}
