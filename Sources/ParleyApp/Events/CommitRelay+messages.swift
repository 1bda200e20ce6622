import Chat
import JSON
import SocketIO

// What a room hears of messages that it had been told before.

extension CommitRelay {
    func add(_ change: MessageChange, in room: Room, to batch: inout EventBatch) {
        let channel = ChatEvents.channel(room)
        switch change {
        case .edited(let message, let revision):
            batch.emit(to: channel, "message_edited", Self.content(of: message, revision, in: room))
        case .removed(let removal):
            let details: [JSONValue.Member] = [
                .init("deleted_by", .string(removal.user.text)), .init("is_admin_delete", .bool(removal.isByModerator)),
            ]
            batch.emit(
                to: channel, "message_deleted", Self.content(removal.place, removal.revision, in: room, details))
        case .pinned(let pin):
            let by = JSONValue.Member(pin.isPinned ? "pinned_by" : "unpinned_by", .string(pin.user.text))
            let name = pin.isPinned ? "message_pinned" : "message_unpinned"
            batch.emit(to: channel, name, Self.content(pin.place, pin.revision, in: room, [by]))
        case .mentioned(let message, let accounts):
            // Where addresses are required, a connection elsewhere may be at one that is not let in.
            guard room.info.addressRule != .require else { break }
            let text = MessageJSON(message: message, room: room.id).encoded(isSent: false)
            for account in accounts {
                batch.emit(to: ChatEvents.channel(ofAccount: account.uuid), "mention", EncodedJSON(trusted: text))
            }
        case .read(let read): add(read, in: room, to: &batch)
        }
    }

    private func add(_ read: ReadChange, in room: Room, to batch: inout EventBatch) {
        if read.account != nil {
            batch.emit(
                to: ChatEvents.channel(ofAccount: read.person.uuid), "read_marker",
                ["room": .string(room.id.text), "sequence": .integer(read.sequence)])
        }
        // In a large room everybody reads everything: to tell would be as many events as there are pairs of people.
        guard read.isPublic, read.sequence > read.former, room.onlineCount <= receiptAudience else { return }
        batch.emit(
            to: ChatEvents.channel(room), "messages_read",
            [
                "room_id": .string(room.id.text), "message_ids": .array(read.messages.map(\.json)),
                "read_by": .string(read.user.text), "sequence": .integer(read.sequence),
                "room": .string(room.id.text),
            ])
    }

    /// The message as it is now.
    private static func content(of message: Message, _ revision: Int64, in room: Room) -> JSONValue {
        let text: [JSONValue.Member] = [
            .init("user_id", .string(message.author.text)), .init("message", .string(message.text)),
        ]
        let belongings = MessageJSON(message: message, room: room.id).belongings
        return content(message.place, revision, in: room, text + belongings)
    }

    /// Pages find the message by `message_id`; `id` and `timestamp` stand beside it.
    private static func content(
        _ place: MessagePlace, _ revision: Int64, in room: Room, _ details: [JSONValue.Member]
    ) -> JSONValue {
        let id = JSONValue.string(MessageJSON.id(of: place.id))
        return .object(
            [.init("message_id", id)] + details + [
                .init("id", id), .init("timestamp", .integer(place.timestamp)), .init("room", .string(room.id.text)),
                .init("revision", .integer(revision)),
            ])
    }
}
