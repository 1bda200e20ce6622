import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `presence {room, status}`: says in all rooms that the person is in how they can be reached.
    nonisolated(nonsending) func presence(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload) else { return }
        let text = event.string(member: "status", of: 0)
        guard let status = text.flatMap({ Status(rawValue: $0) }) else {
            return refuse(event, "A status is online, away, busy or offline.")
        }
        do throws(ChatError) {
            let rooms = try chat.setStatus(status, by: membership)
            Self.announce(membership.user, status, in: rooms, of: namespace)
            event.acknowledge(["status": "success"] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }

    static func announce(_ user: UserID, _ status: Status, in rooms: [Room], of namespace: Namespace) {
        var batch = namespace.makeBatch()
        for room in rooms {
            let content: JSONValue = [
                "room": .string(room.id.text), "user_id": .string(user.text), "status": .string(status.rawValue),
            ]
            batch.emit(to: channel(room), "presence_update", content)
        }
        batch.deliver()
    }
}
