import Chat
import EventLoops
import JSON
import SocketIO

// What a room hears of those who are in it.
//
// Whatever one room is told goes through one loop, and who is there is looked up on that loop when it is told: were each
// loop to tell what it knows, the newest word of one could reach members before an older word of another.

extension ChatEvents {
    /// Somebody came: a line where the name is new, and who is online.
    func announceJoin(of user: UserID, isNew: Bool, in room: Room) {
        announce(in: room) { batch, channel in
            if isNew { batch.emit(to: channel, "status", Self.status("👋 \(user.text) has joined the room", in: room)) }
            batch.emit(to: channel, "online_count", Self.online(chat.online(in: room), in: room))
        }
    }

    /// Somebody went.
    func announce(_ departure: Departure, of user: UserID, verb: String, in room: Room) {
        announce(in: room) { batch, channel in
            if departure.typing != nil {
                batch.emit(to: channel, "typing_status", typing(in: room, changed: user, isTyping: false))
            }
            if departure.isGone { batch.emit(to: channel, "status", Self.farewell(user, verb, in: room)) }
            batch.emit(to: channel, "online_count", Self.online(chat.online(in: room), in: room))
        }
    }

    /// Somebody began to type, or no longer does.
    func announceTyping(_ isTyping: Bool, by user: UserID, in room: Room) {
        announce(in: room) { batch, channel in
            batch.emit(to: channel, "typing_status", typing(in: room, changed: user, isTyping: isTyping))
        }
    }

    private func announce(in room: Room, _ write: @escaping @Sendable (inout EventBatch, String) -> Void) {
        let home = loops[Int(UInt64(bitPattern: room.key.rawValue) % UInt64(loops.count))]
        home.execute {
            var batch = namespace.makeBatch()
            write(&batch, Self.channel(room))
            batch.deliver()
        }
    }

    // MARK: Content

    static func farewell(_ user: UserID, _ verb: String, in room: Room) -> JSONValue {
        status("👋 \(user.text) has \(verb)", in: room)
    }

    static func status(_ sentence: String, in room: Room) -> JSONValue {
        ["msg": .string(sentence), "room": .string(room.id.text)]
    }

    static func online(_ online: OnlineList, in room: Room) -> JSONValue {
        ["room": .string(room.id.text), "count": JSONValue(online.count), "online": online.json]
    }

    private func typing(in room: Room, changed user: UserID, isTyping: Bool) -> JSONValue {
        [
            "room": .string(room.id.text), "typing_users": .array(chat.typing(in: room).map { .string($0.text) }),
            "user_id": .string(user.text), "is_typing": .bool(isTyping),
        ]
    }
}
