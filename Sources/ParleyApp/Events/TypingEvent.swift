import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `typing {room, user_id, is_typing}`: the room hears who is typing, when that has changed.
    nonisolated(nonsending) func typing(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .typing) else { return }
        guard let isTyping = payload.boolean(.isTyping) else {
            return refuse(event, "Send `is_typing` as true or false.")
        }
        do throws(ChatError) {
            if try chat.setTyping(isTyping, by: membership) != nil {
                announce(.typing(membership.user, isTyping), in: membership.room)
            }
            event.acknowledge(["status": "success"] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }
}
