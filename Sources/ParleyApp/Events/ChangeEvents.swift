import Chat
import EventLoops
import JSON
import SocketIO

// What clients do with messages that are there.

extension ChatEvents {
    func attachMessages() {
        namespace.on("edit") { (_: Socket, event: SocketEvent) in await counted(event) { await edit(event) } }
        namespace.on("delete") { (_: Socket, event: SocketEvent) in await counted(event) { await delete(event) } }
        namespace.on("pin") { (_: Socket, event: SocketEvent) in await counted(event) { await pin(event, true) } }
        namespace.on("unpin") { (_: Socket, event: SocketEvent) in await counted(event) { await pin(event, false) } }
        namespace.on("mark_read") { (_: Socket, event: SocketEvent) in await counted(event) { await markRead(event) } }
        namespace.on("read") { (_: Socket, event: SocketEvent) in await counted(event) { await read(event) } }
        namespace.on("search") { (_: Socket, event: SocketEvent) in await counted(event) { await search(event) } }
        namespace.on("unread") { (_: Socket, event: SocketEvent) in
            await counted(event) { await read(event, isUnread: true) }
        }
    }

    /// `edit {room, message_id, message}`: puts another text in the place of one's own.
    nonisolated(nonsending) func edit(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .message) else { return }
        guard let named = payload.spelling(.messageID), let text = payload.string(.message) else {
            return refuse(event, "Send `message_id` and the new text as `message`.")
        }
        do throws(ChatError) {
            let message = try await chat.edit(try named.reference, to: text, by: membership)
            acknowledge(
                event, named, message.place,
                [.init("edited_at", AccountJSON.time(message.marks.edited ?? message.timestamp))])
        } catch {
            refuse(event, error)
        }
    }

    /// `delete {room, message_id}`: removes one's own message, or as a moderator anybody's.
    nonisolated(nonsending) func delete(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .message) else { return }
        guard let named = payload.spelling(.messageID) else {
            return refuse(event, Self.messageNeeded)
        }
        do throws(ChatError) {
            let removal = try await chat.remove(try named.reference, by: membership)
            acknowledge(event, named, removal.place)
        } catch {
            refuse(event, error)
        }
    }

    /// `pin {room, message_id}` and `unpin {room, message_id}`: for moderators.
    nonisolated(nonsending) func pin(_ event: SocketEvent, _ isPinned: Bool) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload, counting: .reaction) else { return }
        guard let named = payload.spelling(.messageID) else {
            return refuse(event, Self.messageNeeded)
        }
        do throws(ChatError) {
            let change = try await chat.pin(try named.reference, isPinned, by: membership)
            acknowledge(event, named, change.place)
        } catch {
            refuse(event, error)
        }
    }

    private static let messageNeeded = "Name the message: send its id as `message_id`."

    private func acknowledge(
        _ event: SocketEvent, _ named: MessageSpelling, _ place: MessagePlace, _ details: [JSONValue.Member] = []
    ) {
        event.acknowledge(
            JSONValue.object(
                [
                    .init("status", "success"), .init("message_id", named.json),
                    .init("id", .string(MessageJSON.id(of: place.id))), .init("timestamp", .integer(place.timestamp)),
                ] + details))
    }

    // MARK: Reading

    /// `mark_read {room, user_id, message_ids[]}`: the messages were read, and all before them.
    nonisolated(nonsending) func markRead(_ event: SocketEvent) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload) else { return }
        guard let named = MessageSpelling.list(event.value(member: "message_ids", of: 0)) else {
            return refuse(event, "Send the ids of messages as the list `message_ids`.")
        }
        do throws(ChatError) {
            let change = try await chat.markRead(named, by: membership)
            event.acknowledge(
                ["status": "success", "updated_messages": JSONValue(change.messages.count)] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }

    /// `read {room, message_id | sequence}`: all up to a message was read. `unread` likewise: as if from there nothing had been.
    nonisolated(nonsending) func read(_ event: SocketEvent, isUnread: Bool = false) async {
        let payload = ChatPayload(event)
        guard let membership = await membership(for: event, payload) else { return }
        do throws(ChatError) {
            let name = try ReadPlace.Name(payload.spelling(.messageID), payload.integer(.sequence))
            let change = try await chat.setRead(ReadPlace(name, isUnread: isUnread), by: membership)
            event.acknowledge(["status": "success", "sequence": .integer(change.sequence)] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }
}

extension MessageSpelling {
    /// Several names; `nil` where there is anything else.
    static func list(_ value: JSONValue?) -> [MessageSpelling]? {
        guard case .array(let values)? = value else { return nil }
        let names = values.compactMap { MessageSpelling($0) }
        return names.count == values.count ? names : nil
    }
}

extension ReadPlace.Name {
    /// A message by its id or timestamp, or by its place in the room.
    init(_ message: MessageSpelling?, _ sequence: Int64?) throws(ChatError) {
        if let message {
            self = .message(try message.reference)
        } else if let sequence {
            self = .sequence(sequence)
        } else {
            throw .invalid(.sequence)
        }
    }
}
