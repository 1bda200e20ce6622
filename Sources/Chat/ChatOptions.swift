public import Cryptography

/// What the chat is told beside its bounds.
public struct ChatOptions: Sendable {
    public var limits = ChatLimits()
    /// Whether a guest may read and write the lobby, the one room without a password.
    public var lobbyGuests = true
    /// What one guess at a room password costs.
    public var passwordCost = PasswordHash.Cost.standard

    /// The defaults.
    public init() {}
}
