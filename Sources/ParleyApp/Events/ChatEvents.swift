import Chat
import JSON
import SocketIO

/// The chat over Socket.IO: one file for each event that a client sends, `…Event.swift`, beside this one.
///
/// Handlers run on the socket's loop, in the order in which a client sent its events.
struct ChatEvents: Sendable {
    let chat: Chat
    let io: Server
    /// How far each loop has delivered, by the loop's index.
    let marks: [DeliveryMarks]
    private let underWay = UnderWay()

    init(chat: Chat, io: Server, marks: [DeliveryMarks]) {
        self.chat = chat
        self.io = io
        self.marks = marks
    }

    /// Answers the chat's events on every connection of `/`.
    func attach() {
        let namespace = io.of("/")
        namespace.onConnection { socket in
            socket.storage[SessionKey.self] = ClientSession()
        }
        namespace.onDisconnecting { socket, _ in disconnecting(socket) }
        namespace.on("join") { (_: Socket, event: SocketEvent) in await counted { await join(event) } }
        namespace.on("message") { (_: Socket, event: SocketEvent) in await counted { await message(event) } }
        namespace.on("typing") { (_: Socket, event: SocketEvent) in await counted { await typing(event) } }
        namespace.on("reaction") { (_: Socket, event: SocketEvent) in await counted { await reaction(event) } }
        namespace.on("leave") { (_: Socket, event: SocketEvent) in await counted { await leave(event) } }
    }

    private nonisolated(nonsending) func counted(_ body: nonisolated(nonsending) () async -> Void) async {
        underWay.began()
        await body()
        underWay.ended()
    }

    /// Returns once every event that was taken has been answered.
    func untilAnswered() async { await underWay.untilNone() }

    enum SessionKey: SocketStorageKey { typealias Value = ClientSession }

    /// The session of the event's connection; on its loop only.
    func session(of socket: Socket) -> ClientSession? { socket.storage[SessionKey.self] }

    /// The name that Socket.IO knows a chat room by: never that of a socket's own room.
    ///
    /// By the store's number of it, so that a room made again under the same id reaches nobody of the old one.
    static func channel(_ room: Room) -> String { "room:\(room.key.rawValue)" }

    func toRoom(_ room: Room) -> BroadcastOperator { io.of("/").to(Self.channel(room)) }

    // MARK: Answers

    /// Refuses an event: the acknowledgement, and the event `error` for clients that ask for none.
    func refuse(_ event: SocketEvent, _ sentence: String) {
        event.acknowledge(["status": "error", "message": .string(sentence)] as JSONValue)
        event.socket.emit("error", ["message": .string(sentence)] as JSONValue)
    }

    func refuse(_ event: SocketEvent, _ error: ChatError) {
        var answer: [JSONValue.Member] = [
            .init("status", "error"), .init("message", .string(error.description)),
        ]
        if case .tooManyAttempts(let seconds) = error {
            answer.append(.init("error", "rate_limited"))
            answer.append(.init("retry_after", .integer(seconds)))
        }
        event.acknowledge(JSONValue.object(answer))
        event.socket.emit("error", ["message": .string(error.description)] as JSONValue)
    }

    static let notInRoom = "You are not in this room: join it first, with its password."

    /// The membership that an event about a room acts under, once joins that came before it are done.
    nonisolated(nonsending) func membership(for event: SocketEvent) async -> Membership? {
        guard let session = session(of: event.socket), let room = event.text("room") else {
            refuse(event, "Name the room: send an object with `room`.")
            return nil
        }
        await session.untilJoined()
        let limits = chat.options.limits
        guard let id = try? RoomID(room, limits: limits), let membership = session.membership(in: id.text),
            membership.isActive
        else {
            refuse(event, Self.notInRoom)
            return nil
        }
        // The name is the connection's, whatever the payload says.
        if let user = event.text("user_id"), (try? UserID(user, limits: limits)) != membership.user {
            refuse(event, "You are in this room as \(membership.user.text): send that as `user_id`, or join again.")
            return nil
        }
        return membership
    }

    // MARK: What the room hears

    func tellOnline(_ online: OnlineList, in room: Room) {
        toRoom(room).emit(
            "online_count",
            ["room": .string(room.id.text), "count": JSONValue(online.count), "online": online.json] as JSONValue)
    }

    func tellStatus(_ sentence: String, in room: Room) {
        toRoom(room).emit("status", ["msg": .string(sentence), "room": .string(room.id.text)] as JSONValue)
    }

    func tellTyping(_ typing: [UserID], changed user: UserID, isTyping: Bool, in room: Room) {
        let status: JSONValue = [
            "room": .string(room.id.text), "typing_users": .array(typing.map { .string($0.text) }),
            "user_id": .string(user.text), "is_typing": .bool(isTyping),
        ]
        toRoom(room).emit("typing_status", status)
    }
}

extension OnlineList {
    var json: JSONValue { .array(users.map { .string($0.text) }) }
}

extension SocketEvent {
    /// A member of the event's object that is a text and not empty; ids may come as whole numbers.
    func text(_ name: String) -> String? {
        if let text = string(member: name, of: 0) { return text.isEmpty ? nil : text }
        return integer(member: name, of: 0).map(String.init)
    }
}
