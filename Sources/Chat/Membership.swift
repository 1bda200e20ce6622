import Synchronization

/// One connection's place in one room, under one name: what `Chat.join` gives and `Chat.leave` takes back.
///
/// Keep it until the connection leaves. Whoever holds it writes without showing a proof again, until the connection leaves or the room is deleted.
public final class Membership: Sendable {
    public let room: Room
    public let user: UserID
    /// The connection, as the caller named it.
    public let connection: String
    private let hasLeft = Atomic(false)

    init(room: Room, user: UserID, connection: String) {
        self.room = room
        self.user = user
        self.connection = connection
    }

    /// Whether the connection is still in the room.
    public var isActive: Bool { !hasLeft.load(ordering: .acquiring) && !room.isDeleted }

    func end() { hasLeft.store(true, ordering: .releasing) }
}
