import Bytes
import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `join {room, user_id, password?, token?, guest_token?}`: brings the connection into a room.
    ///
    /// What was missed since the connection left the room comes first, as `message` events, then the acknowledgement.
    nonisolated(nonsending) func join(_ event: SocketEvent) async {
        let socket = event.socket
        guard let session = session(of: socket) else { return }
        guard let room = event.text("room"), let user = event.text("user_id") else {
            return refuse(event, "Send `room` and `user_id` to join a room.")
        }
        session.joinBegan()
        defer { session.joinEnded() }
        do throws(ChatError) {
            let id = try RoomID(room, limits: chat.options.limits)
            let name = try UserID(user, limits: chat.options.limits)
            // One name a room for each connection: to come under another is to leave first.
            if let present = session.membership(in: id.text), present.user != name { leave(present, session, socket) }
            let request = JoinRequest(
                room: room, user: user, proof: proof(of: event), guestToken: event.text("guest_token"),
                after: session.sequenceWhenLeft(id.text), connection: socket.id)
            let result = try await chat.join(request)
            guard socket.isConnected else { return retract(result) }
            enter(result, session, event)
        } catch {
            refuse(event, error)
        }
    }

    /// The password or token of the event or the handshake, and the address.
    private func proof(of event: SocketEvent) -> Proof {
        let handshake = event.socket.handshake
        return Proof(
            password: event.text("password") ?? handshake.auth.text("password"),
            token: event.text("token") ?? handshake.auth.text("token")
                ?? BearerToken.token(handshake.header("authorization")),
            address: IPAddress(handshake.address))
    }

    private func enter(_ result: JoinResult, _ session: ClientSession, _ event: SocketEvent) {
        let (socket, membership) = (event.socket, result.membership)
        let room = membership.room
        session.entered(membership)
        socket.allowFullPayload()
        socket.join(Self.channel(room))
        for message in result.missed {
            let json = MessageJSON(message: message, room: room.id)
            socket.emit("message", EncodedJSON(trusted: json.encoded(isSent: message.author == membership.user)))
        }
        if result.isNew { tellStatus("👋 \(membership.user.text) has joined the room", in: room) }
        tellOnline(result.online, in: room)
        event.acknowledge(
            [
                "status": "success", "room": .string(room.id.text), "user_id": .string(membership.user.text),
                "guest_token": .string(result.guestToken), "online": result.online.json,
                "count": JSONValue(result.online.count),
            ] as JSONValue)
    }

    /// The connection went while the join was under way.
    private func retract(_ result: JoinResult) { depart(result.membership, verb: "disconnected") }
}
