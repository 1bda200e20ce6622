import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `reaction {room, message_id, user_id, reaction}`: gives a reaction or takes it back. `message_id` is the id or the
    /// timestamp of the message.
    nonisolated(nonsending) func reaction(_ event: SocketEvent) async {
        guard let membership = await membership(for: event) else { return }
        guard let named = event.text("message_id"), let reaction = event.string(member: "reaction", of: 0) else {
            return refuse(event, "Send `message_id` and `reaction`.")
        }
        do throws(ChatError) {
            let update = try await chat.react(reaction, to: try MessageReference(named), by: membership)
            event.acknowledge(
                [
                    "status": "success", "message_id": .string(MessageJSON.id(of: update.place.id)),
                    "reactions": ReactionsJSON.value(update.reactions),
                ] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }
}
