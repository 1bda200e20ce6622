/// What became durable. The observer gets these in the order of commit.
public enum CommittedEvent: Sendable {
    /// - Parameter origin: the connection that the message came by, as `JoinRequest.connection` named it.
    case posted(Room, Message, origin: String?)
    case reacted(Room, ReactionUpdate)
    /// Something about a message that had been posted, or about who has read it.
    case changed(Room, MessageChange)
    case file(Room, FileChange)
    /// All messages of the room are gone.
    case cleared(Room)
    case room(Room, RoomUpdate)
    /// The room, its messages and its key are gone; its members are members no longer.
    case deleted(Room)
}
