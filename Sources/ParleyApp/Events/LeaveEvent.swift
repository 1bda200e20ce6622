import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `leave {room, user_id}`: ends delivery; a later `join` on the same connection brings what was missed.
    nonisolated(nonsending) func leave(_ event: SocketEvent) async {
        guard let membership = await membership(for: event, ChatPayload(event)),
            let session = session(of: event.socket)
        else { return }
        leave(membership, session, event.socket)
        event.acknowledge(["status": "success", "room": .string(membership.room.id.text)] as JSONValue)
    }

    func leave(_ membership: Membership, _ session: ClientSession, _ socket: Socket) {
        let room = membership.room
        session.left(membership)
        socket.leave(Self.channel(room))
        guard let departure = chat.leave(membership) else { return }
        announce(.departed(membership.user, departure, verb: "left the room"), in: room)
        // The one who goes hears it, too, but nothing that comes after.
        if departure.isGone { socket.emit("status", Self.farewell(membership.user, "left the room", in: room)) }
        socket.emit("online_count", Self.online(departure.online, in: room))
    }

    /// The connection ends: it leaves every room.
    func disconnecting(_ socket: Socket, _ reason: DisconnectReason) {
        guard let session = session(of: socket) else { return }
        if recovers, reason.isRecoverable { keep(session, of: socket) }
        for membership in session.end() { depart(membership) }
    }

    /// Takes a connection that has ended out of the chat's room and tells those who stay.
    func depart(_ membership: Membership, _ verb: String = "disconnected") {
        guard let departure = chat.leave(membership) else { return }
        announce(.departed(membership.user, departure, verb: verb), in: membership.room)
    }
}
