/// What somebody wants to do with a room.
public enum RoomAction: String, Sendable, CaseIterable {
    case join
    /// History, who is there, search, files.
    case read
    /// Also to edit or remove what one wrote, to upload, to be seen typing.
    case post
    case react
    /// To be given a room token.
    case verify
    /// To let an address in, to take that back, and to see which there are.
    case admit
    /// To remove all messages.
    case clear
    /// To kick, ban and mute, to remove and pin what others wrote, to see and make invitations.
    case moderate
    /// To change what `RoomInfo` has, and the password.
    case configure
    /// To give and take roles, and to hand the room on.
    case govern
    /// To remove the room, its messages and their key.
    case delete
}
