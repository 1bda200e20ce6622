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
            announce(try chat.setStatus(status, by: membership))
            event.acknowledge(["status": "success"] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }

    /// Tells rooms how somebody can be reached, and those in which that makes a difference, who is online.
    func announce(_ change: StatusChange) {
        var batch = namespace.makeBatch()
        for room in change.rooms {
            let content: JSONValue = [
                "room": .string(room.id.text), "user_id": .string(change.user.text),
                "status": .string(change.status.rawValue),
            ]
            batch.emit(to: Self.channel(room), "presence_update", content)
        }
        batch.deliver()
        for room in change.listings { announce(.listed, in: room) }
    }
}
