/// A room as lists show it.
public struct RoomSummary: Sendable {
    public let id: RoomID
    public let info: RoomInfo
    /// The role of the account that asked; `nil` where it does not belong to the room.
    public let role: RoomRole?
    /// How many accounts belong to it.
    public let memberCount: Int
    /// The sequence of the newest message there ever was.
    public let lastSequence: Int64
    /// Milliseconds since 1970.
    public let created: Int64

    public init(
        id: RoomID, info: RoomInfo, role: RoomRole?, memberCount: Int, lastSequence: Int64, created: Int64
    ) {
        self.id = id
        self.info = info
        self.role = role
        self.memberCount = memberCount
        self.lastSequence = lastSequence
        self.created = created
    }
}
