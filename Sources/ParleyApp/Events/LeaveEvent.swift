import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `leave {room, user_id}`: ends delivery; a later `join` on the same connection brings what was missed.
    nonisolated(nonsending) func leave(_ event: SocketEvent) async {
        guard let membership = await membership(for: event), let session = session(of: event.socket) else { return }
        leave(membership, session, event.socket)
        event.acknowledge(["status": "success", "room": .string(membership.room.id.text)] as JSONValue)
    }

    func leave(_ membership: Membership, _ session: ClientSession, _ socket: Socket) {
        let room = membership.room
        let delivered = marks[socket.loop.index].sequence(of: room.key)
        _ = session.left(room.id.text, delivered: delivered)
        depart(membership, verb: "left the room")
        socket.leave(Self.channel(room))
    }

    /// The connection ends: it leaves every room.
    func disconnecting(_ socket: Socket) {
        guard let session = session(of: socket) else { return }
        for membership in session.takeAll() { depart(membership, verb: "disconnected") }
    }

    /// Takes a connection out of the chat's room and tells those who stay.
    func depart(_ membership: Membership, verb: String) {
        guard let departure = chat.leave(membership) else { return }
        let room = membership.room
        if let typing = departure.typing {
            tellTyping(typing, changed: membership.user, isTyping: false, in: room)
        }
        if departure.isGone { tellStatus("👋 \(membership.user.text) has \(verb)", in: room) }
        tellOnline(departure.online, in: room)
    }
}
