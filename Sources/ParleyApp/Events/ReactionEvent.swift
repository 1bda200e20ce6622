import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `reaction {room, message_id, user_id, reaction}`: gives a reaction or takes it back. `message_id` is the id or the
    /// timestamp of the message.
    nonisolated(nonsending) func reaction(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .reaction) else { return }
        guard let named = payload.spelling(.messageID), let reaction = payload.string(.reaction) else {
            return refuse(event, "Send `message_id` and `reaction`.")
        }
        do throws(ChatError) {
            let update = try await chat.react(reaction, to: try named.reference, spelling: named, by: membership)
            event.acknowledge(
                [
                    "status": "success", "message_id": named.json,
                    "id": .string(MessageJSON.id(of: update.place.id)),
                    "reactions": ReactionsJSON.names(update.reactions),
                    "reaction_counts": ReactionsJSON.counts(update.reactions),
                ] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }
}

extension MessageSpelling {
    var reference: MessageReference {
        get throws(ChatError) {
            switch self {
            case .text(let text): try MessageReference(text)
            case .number(let number): try MessageReference(number)
            }
        }
    }

    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        }
    }
}
