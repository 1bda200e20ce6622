/// What those who manage a room decide about it.
public struct RoomInfo: Sendable, Equatable {
    /// How one comes in.
    public enum Kind: String, Sendable, CaseIterable {
        /// Anybody may.
        case open = "public"
        /// With the password, or another proof that stands for it.
        case password
        /// By invitation; to everybody else it does not exist.
        case `private`
        /// Two people, or a few, and nobody else, ever.
        case direct
    }

    /// Who may do with the room what its members may not.
    public enum Management: String, Sendable, CaseIterable {
        /// Whoever shows the password: the room was made by somebody without an account.
        case password
        /// Its owner and the moderators.
        case people
        /// The server's own moderators and administrators: the lobby.
        case server
    }

    /// What the address of a client counts for.
    public enum AddressRule: String, Sendable, CaseIterable {
        /// Nothing.
        case off
        /// A client that showed the password may come back from the same address without it, for a time.
        case trust
        /// Only from an address that a moderator has let in, and with another proof.
        case require
    }

    public var kind: Kind
    public var management: Management
    /// What people read; empty where it is the id.
    public var name = ""
    /// One line about what the room is for.
    public var topic = ""
    /// An archived room is read and not written.
    public var isArchived = false
    /// Seconds that must pass between two messages of one person; 0 for none. Moderators need not wait.
    public var slowMode: Int64 = 0
    public var addressRule = AddressRule.trust
    /// How long an address stays verified, in seconds; `nil` for the server's default.
    public var addressLifetime: Int64?
    /// How many of the newest messages are kept; `nil` for the server's default.
    public var keptMessages: Int64?
    /// For how many seconds messages are kept; `nil` for any.
    public var keptSeconds: Int64?

    public init(kind: Kind, management: Management) {
        self.kind = kind
        self.management = management
    }
}
