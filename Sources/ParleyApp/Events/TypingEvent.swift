import Chat
import EventLoops
import JSON
import SocketIO

extension ChatEvents {
    /// `typing {room, user_id, is_typing}`: the room hears who is typing, when that has changed. Who says no more
    /// of it for a while is typing no longer.
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
            typingExpiries[event.socket.loop.index].note(isTyping, by: membership)
            event.acknowledge(["status": "success"] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }
}
