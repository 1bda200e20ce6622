/// Why somebody may not do what was asked.
public enum AccessRefusal: Equatable, Sendable {
    /// No password, token, verified address or membership was there to go by; or the room does not exist.
    case noProof
    /// The password is not that of the room; or the room does not exist.
    case wrongPassword
    /// The token is not one for this room, and there was nothing else to go by.
    case wrongToken
    /// The token was good once.
    case tokenExpired
    /// What was shown opens the room but does not allow this.
    case passwordNeeded
    /// The room belongs to the server: nobody clears, deletes or opens it.
    case belongsToServer
    /// The connection has left the room, or never was in it.
    case notMember
    /// The room is for accounts alone.
    case accountNeeded
    /// Moderators of the room may do this.
    case moderatorNeeded
    /// The owner of the room may do this.
    case ownerNeeded
    /// A moderator keeps this person out.
    case banned
    /// A moderator lets this person read and not write.
    case muted
    /// The room is read and no longer written.
    case archived
    /// A moderator has to let the address in first.
    case addressPending
}

extension AccessRefusal: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noProof, .wrongPassword: "Access denied! Verify your IP or provide the correct password."
        case .wrongToken: "This token does not open the room; enter the room's password."
        case .tokenExpired: "The room token has expired; enter the room's password again."
        case .passwordNeeded: "This needs the room's password; provide it with the request."
        case .belongsToServer: "This room belongs to the server; create a room of your own to do this."
        case .notMember: "You are not in this room; join it first."
        case .accountNeeded: "This room is for people with an account; log in first."
        case .moderatorNeeded: "Only moderators of this room may do this; ask one of them."
        case .ownerNeeded: "Only the owner of this room may do this; ask them."
        case .banned: "You were banned from this room; ask one of its moderators to lift that."
        case .muted: "A moderator has muted you in this room; you can read, and write again when that is lifted."
        case .archived: "This room is archived; it can be read and not written."
        case .addressPending: "A moderator has to let your address in first; wait here, or ask one of them."
        }
    }
}
