/// Whether somebody can be reached, as they say it.
public enum Status: String, Sendable, CaseIterable {
    case online
    case away
    case busy
    /// There, and not to be seen.
    case offline
}

/// Somebody who is in a room now.
public struct PresentPerson: Sendable, Equatable {
    public let user: UserID
    public let status: Status
    /// When they said so, or came; milliseconds since 1970.
    public let lastActive: Int64
    public let profile: Profile?
}
