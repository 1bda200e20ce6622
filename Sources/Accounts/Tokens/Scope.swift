/// A part of what an account may do, which an API token is given.
public enum Scope: String, Sendable, CaseIterable {
    /// To see which rooms there are, and what they are.
    case readRooms = "rooms:read"
    /// To make, enter and leave rooms.
    case writeRooms = "rooms:write"
    /// To read messages, to search, and to hear what happens in a room.
    case readMessages = "messages:read"
    /// To write, change and remove messages, and to react.
    case writeMessages = "messages:write"
    case readFiles = "files:read"
    case writeFiles = "files:write"
    /// What moderators and owners of rooms do.
    case moderate
    /// What administrators do.
    case admin
}

/// What an API token needs for something.
public enum TokenRule: Sendable, Equatable {
    /// No API token is enough: it takes a log-in.
    case none
    /// Any does.
    case any
    case scope(Scope)
}

extension Identity {
    /// Throws where it is an API token and the rule asks for more.
    public func check(_ rule: TokenRule) throws(AccountError) {
        guard let scopes else { return }
        switch rule {
        case .none: throw .logInNeeded
        case .any: break
        case .scope(let scope): if !scopes.contains(scope) { throw .scopeMissing(scope) }
        }
    }
}
