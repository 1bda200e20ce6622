public import Accounts

/// What was found of the proof that somebody showed, and of what the room knows about them.
public struct AccessEvidence: Sendable, Equatable {
    /// What is known of a password that was shown.
    public enum Password: Sendable, CaseIterable { case none, right, wrong }
    /// What is known of a token that was shown.
    public enum Token: Sendable, CaseIterable {
        case none
        /// A room token: the password was shown for it.
        case right
        /// A guest token or an invitation: it lets in, and stands for no password.
        case admission
        case expired
        case wrong
    }

    public var password = Password.none
    public var token = Token.none
    public var addressIsVerified = false
    /// Whether the connection has been let in before.
    public var isInside = false
    /// The role of an account that belongs to the room.
    public var role: RoomRole?
    /// The role on the server of an account; `nil` for a guest.
    public var serverRole: Role?
    public var isBanned = false
    public var isMuted = false

    public init(
        password: Password = .none, token: Token = .none, addressIsVerified: Bool = false, isInside: Bool = false,
        role: RoomRole? = nil, serverRole: Role? = nil
    ) {
        self.password = password
        self.token = token
        self.addressIsVerified = addressIsVerified
        self.isInside = isInside
        self.role = role
        self.serverRole = serverRole
    }
}
