public import Bytes

/// A way into a room for whoever has its token.
public struct Invitation: Sendable, Equatable {
    public let id: UUID
    /// Who made it.
    public let moderator: UserID
    /// Milliseconds since 1970.
    public let created: Int64
    /// Milliseconds since 1970; `nil` for never.
    public let expires: Int64?
    /// How many may still come by it; `nil` for any number.
    public let usesLeft: Int64?

    public init(id: UUID, by moderator: UserID, at created: Int64, expires: Int64?, usesLeft: Int64?) {
        self.id = id
        self.moderator = moderator
        self.created = created
        self.expires = expires
        self.usesLeft = usesLeft
    }
}
