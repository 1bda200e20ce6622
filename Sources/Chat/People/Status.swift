/// Whether somebody can be reached, as they say it.
public enum Status: String, Sendable, CaseIterable {
    case online
    case away
    case busy
    /// There, and not to be seen.
    case offline
}

/// What a change of status changed.
public struct StatusChange: Sendable {
    public let user: UserID
    public let status: Status
    /// The rooms that are to hear of it.
    public let rooms: [Room]
    /// Those of them whose list of who is online is another now.
    public let listings: [Room]
}

/// Somebody who is in a room now.
public struct PresentPerson: Sendable, Equatable {
    public let user: UserID
    public let status: Status
    /// When they said so, or came; milliseconds since 1970.
    public let lastActive: Int64
    public let profile: Profile?
}
