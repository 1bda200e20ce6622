/// A connection that wants to be in a room under a name.
public struct JoinRequest: Sendable {
    public var room: String
    public var caller: Caller
    /// The last sequence that was delivered to this client; what came after it is then delivered first.
    public var after: Int64?
    /// The connection, by a name that is unique among those there are.
    public var connection: String

    public init(room: String, caller: Caller, after: Int64? = nil, connection: String) {
        self.room = room
        self.caller = caller
        self.after = after
        self.connection = connection
    }
}

/// What a join gives.
public struct JoinResult: Sendable {
    public let membership: Membership
    /// To be shown by a guest's next connections; accounts need none.
    public let guestToken: String?
    /// Whether the name was not online in the room before.
    public let isNew: Bool
    public let online: OnlineList
    /// What came after `JoinRequest.after`, oldest first. Subscribe the connection to the room at the moment in which the
    /// last of these has been handed to those who were subscribed before, and nothing is missed nor comes twice. The
    /// observer has been told of it when the join returns; what it handed on may still be on its way.
    public let missed: [Message]
    /// The sequence of the newest message that was committed when the connection joined.
    public let lastSequence: Int64
    /// Of the room, when the connection joined: what to ask with for the changes of messages from then on.
    public let revision: Int64
}

/// Who is online in a room.
public struct OnlineList: Sendable, Equatable {
    /// How many names are online.
    public let count: Int
    /// The names, or as many of them as a list may have.
    public let users: [UserID]
}

/// What a leave changed.
public struct Departure: Sendable, Equatable {
    /// Whether the name is online no longer, by any connection.
    public let isGone: Bool
    public let online: OnlineList
    /// Who is typing now, where the leave changed that.
    public let typing: [UserID]?
}

/// What the right password gives.
public struct RoomPass: Sendable {
    public let room: RoomID
    public let token: String
    /// How long the token is good for, in seconds.
    public let lifetime: Int64
}
