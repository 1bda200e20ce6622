import Chat
import SocketIO

/// What one Socket.IO connection is to the chat: the rooms it is in, and how far those it left had come.
///
/// `@unchecked Sendable` because it is kept in `Socket.storage` and touched on the socket's loop only.
final class ClientSession: @unchecked Sendable {
    private var memberships: [String: Membership] = [:]
    /// By room: the last message that was delivered when the connection left, so that a return brings what was missed.
    private var leftAt: [String: Int64] = [:]
    /// Joins that are under way, and the handlers of later events that wait for them.
    private var joinsUnderWay = 0
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Rooms that a connection may have left and still be caught up on.
    private static let mostRoomsLeft = 100

    func membership(in room: String) -> Membership? { memberships[room] }

    func sequenceWhenLeft(_ room: String) -> Int64? { leftAt[room] }

    func entered(_ membership: Membership) {
        memberships[membership.room.id.text] = membership
        leftAt[membership.room.id.text] = nil
    }

    /// Takes a room out; `delivered` is the last of its messages that this connection was given.
    func left(_ room: String, delivered: Int64) -> Membership? {
        guard let membership = memberships.removeValue(forKey: room) else { return nil }
        if leftAt.count < Self.mostRoomsLeft { leftAt[room] = delivered }
        return membership
    }

    /// Takes all rooms out, when the connection ends.
    func takeAll() -> [Membership] {
        defer { memberships = [:] }
        return Array(memberships.values)
    }

    // MARK: Order

    /// Clients send `join` and go on without waiting for its answer: what they send next must find them in the room.
    func joinBegan() { joinsUnderWay += 1 }

    func joinEnded() {
        joinsUnderWay -= 1
        guard joinsUnderWay == 0 else { return }
        let due = waiting
        waiting = []
        for continuation in due { continuation.resume() }
    }

    /// Returns when no join is under way; in the order of the calls.
    nonisolated(nonsending) func untilJoined() async {
        guard joinsUnderWay > 0 else { return }
        await withCheckedContinuation { waiting.append($0) }
    }
}
