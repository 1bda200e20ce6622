import Chat
import EventLoops
import JSON
import SocketIO

// What a room hears of those who are in it; see `Announcer`.

extension ChatEvents {
    func announce(_ news: Announcement, in room: Room) { Self.announce(news, in: room, by: announcers) }

    static func announce(_ news: Announcement, in room: Room, by announcers: [Announcer]) {
        let announcer = announcers[Int(UInt64(bitPattern: room.key.rawValue) % UInt64(announcers.count))]
        announcer.loop.execute { announcer.announce(news, in: room) }
    }

    // MARK: Content

    static func welcome(_ user: UserID, in room: Room) -> JSONValue {
        status("👋 \(user.text) has joined the room", in: room)
    }

    static func farewell(_ user: UserID, _ verb: String, in room: Room) -> JSONValue {
        status("👋 \(user.text) has \(verb)", in: room)
    }

    static func status(_ sentence: String, in room: Room) -> JSONValue {
        ["msg": .string(sentence), "room": .string(room.id.text)]
    }

    static func online(_ online: OnlineList, in room: Room) -> JSONValue {
        ["room": .string(room.id.text), "count": JSONValue(online.count), "online": online.json]
    }

    static func typing(_ users: [UserID], _ user: UserID, _ isTyping: Bool, in room: Room) -> JSONValue {
        [
            "room": .string(room.id.text), "typing_users": .array(users.map { .string($0.text) }),
            "user_id": .string(user.text), "is_typing": .bool(isTyping),
        ]
    }
}
