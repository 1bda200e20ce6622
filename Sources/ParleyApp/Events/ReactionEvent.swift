import Chat
import JSON
import SocketIO

extension ChatEvents {
    /// `reaction {room, message_id, user_id, reaction, op?}`: gives a reaction or takes it back; with `op` `add` or `remove`,
    /// only that. `message_id` is the id or the timestamp of the message.
    nonisolated(nonsending) func reaction(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .reaction) else { return }
        guard let named = payload.spelling(.messageID), let reaction = payload.string(.reaction) else {
            return refuse(event, "Send `message_id` and `reaction`.")
        }
        guard let operation = ReactionOperation(payload.string(.operation)) else {
            return refuse(event, "Send `op` as `add` or `remove`, or leave it out.")
        }
        do throws(ChatError) {
            let update = try await chat.react(
                reaction, to: try named.reference, operation, spelling: named, by: membership)
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
    /// A name as it came: a text that is not empty, or a whole number.
    init?(_ value: JSONValue?) {
        switch value {
        case .string(let text)? where !text.isEmpty: self = .text(text)
        case .integer(let number)?: self = .number(number)
        default: return nil
        }
    }

    var json: JSONValue {
        switch self {
        case .text(let text): .string(text)
        case .number(let number): .integer(number)
        }
    }
}

extension ReactionOperation {
    /// `nil` for a word that stands for none.
    fileprivate init?(_ word: String?) {
        switch word {
        case nil, "toggle": self = .toggle
        case "add": self = .add
        case "remove": self = .remove
        default: return nil
        }
    }
}
