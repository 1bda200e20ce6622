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
        }
    }
}
