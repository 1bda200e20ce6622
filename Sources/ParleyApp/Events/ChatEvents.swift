import Accounts
import Bytes
import Chat
import EventLoops
import JSON
import SocketIO

/// The chat over Socket.IO: one file for each event that a client sends, `…Event.swift`, beside this one.
///
/// Handlers run on the socket's loop, in the order in which a client sent its events.
struct ChatEvents: Sendable {
    let chat: Chat
    let accounts: Accounts
    let rates: EventRates
    /// How many rooms a connection may be in.
    let roomsPerConnection: Int
    /// How many rooms a connection may have left and still be caught up on.
    let roomsLeftPerConnection: Int
    /// Whether connections that were lost may come back.
    let recovers: Bool
    let namespace: Namespace
    /// For each loop one, by its index.
    let announcers: [Announcer]
    /// For each loop one, by its index.
    let typingExpiries: [TypingExpiry]
    /// How far each loop has delivered, by the loop's index.
    let marks: [DeliveryMarks]
    private let underWay = UnderWay()

    init(
        chat: Chat, accounts: Accounts, rates: EventRates, pace: Announcer.Pace, roomsPerConnection: Int,
        roomsLeftPerConnection: Int, recovers: Bool = false, typingTime: Duration, namespace: Namespace,
        loops: [any EventLoop]
    ) {
        self.chat = chat
        self.accounts = accounts
        self.rates = rates
        self.roomsPerConnection = roomsPerConnection
        self.roomsLeftPerConnection = roomsLeftPerConnection
        self.recovers = recovers
        self.namespace = namespace
        let announcers = loops.map { Announcer(chat: chat, namespace: namespace, loop: $0, pace: pace) }
        self.announcers = announcers
        let deadlines = TypingExpiry.Deadlines([:])
        typingExpiries = loops.map { loop in
            TypingExpiry(on: loop, after: typingTime, deadlines) { member in
                guard (try? chat.setTyping(false, by: member)) ?? nil != nil else { return }
                Self.announce(.typing(member.user, false), in: member.room, by: announcers)
            }
        }
        marks = loops.map { _ in DeliveryMarks() }
    }

    /// Answers the chat's events on every connection of the namespace.
    func attach() {
        namespace.onRecovery { socket, rooms in await judge(socket, rooms) }
        namespace.onConnection { socket in
            let session = session(of: socket) ?? makeSession(of: socket)
            if socket.isRecovered { returned(socket, session) }
            // Before there is a task for the event: who floods the server must not have it keep what it refuses.
            if rates.areLimited { socket.use { event in try limit(event, session) } }
        }
        namespace.onDisconnecting { socket, reason in disconnecting(socket, reason) }
        namespace.on("authenticate") { (_: Socket, event: SocketEvent) in
            await counted(event) { await authenticate(event) }
        }
        namespace.on("join") { (_: Socket, event: SocketEvent) in await counted(event) { await join(event) } }
        namespace.on("message") { (_: Socket, event: SocketEvent) in await counted(event) { await message(event) } }
        namespace.on("typing") { (_: Socket, event: SocketEvent) in await counted(event) { await typing(event) } }
        namespace.on("reaction") { (_: Socket, event: SocketEvent) in await counted(event) { await reaction(event) } }
        namespace.on("presence") { (_: Socket, event: SocketEvent) in await counted(event) { await presence(event) } }
        for (name, action) in Self.moderation {
            namespace.on(name) { (_: Socket, event: SocketEvent) in
                await counted(event) { await moderate(event, action) }
            }
        }
        attachMessages()
        namespace.on("leave") { (_: Socket, event: SocketEvent) in await counted(event) { await leave(event) } }
    }

    nonisolated(nonsending) func counted(
        _ event: SocketEvent, _ body: nonisolated(nonsending) () async -> Void
    ) async {
        guard underWay.began() else { return refuse(event, "The server stops; try again in a moment.") }
        if mayAct(by: event) { await body() }
        underWay.ended()
    }

    /// Refuses what comes from now on, and returns once every event that was taken has been answered.
    func untilAnswered() async { await underWay.untilNone() }

    enum SessionKey: SocketStorageKey { typealias Value = ClientSession }

    /// The session of the event's connection; on its loop only.
    func session(of socket: Socket) -> ClientSession? { socket.storage[SessionKey.self] }

    func makeSession(of socket: Socket) -> ClientSession {
        let session = ClientSession(
            marks: marks[socket.loop.index], mostRoomsLeft: roomsLeftPerConnection, address: socket.handshake.address)
        socket.storage[SessionKey.self] = session
        return session
    }

    /// The name that Socket.IO knows a chat room by: never that of a socket's own room.
    ///
    /// By the store's number of it, so that a room made again under the same id reaches nobody of the old one.
    static func channel(_ room: Room) -> String { channel(room.key) }

    static func channel(_ room: RoomKey) -> String { "room:\(room.rawValue)" }

    // MARK: Answers

    /// Refuses an event: the acknowledgement, and the event `error` for clients that ask for none.
    func refuse(_ event: SocketEvent, _ sentence: String, _ details: [JSONValue.Member] = []) {
        event.acknowledge(
            JSONValue.object([.init("status", "error"), .init("message", .string(sentence))] + details))
        event.socket.emit("error", ["message": .string(sentence)] as JSONValue)
    }

    func refuse(_ event: SocketEvent, _ error: ChatError) {
        switch error {
        case .tooManyAttempts(let seconds), .slowMode(let seconds), .tooManyDeeds(let seconds):
            refuse(
                event, error.description, [.init("error", "rate_limited"), .init("retry_after", .integer(seconds))])
        case .storage(.full): refuse(event, error.description, [.init("error", "storage_full")])
        default: refuse(event, error.description)
        }
    }

    static let notInRoom = "You are not in this room: join it first, with its password."

    /// The membership that an event about a room acts under, once joins that came before it are done.
    ///
    /// - Parameter kind: what the event counts as for the name.
    nonisolated(nonsending) func membership(
        for event: SocketEvent, _ payload: ChatPayload, counting kind: EventRates.Kind? = nil
    ) async -> Membership? {
        guard let session = session(of: event.socket), let room = payload.text(.room) else {
            refuse(event, "Name the room: send an object with `room`.")
            return nil
        }
        await session.order.untilJoined()
        guard let membership = session.membership(spelled: room, limits: chat.options.limits), membership.isActive
        else {
            refuse(event, Self.notInRoom)
            return nil
        }
        // The name is the connection's, whatever the payload says.
        if let user = payload.text(.user), !membership.user.isSpelled(user, limits: chat.options.limits) {
            refuse(event, "You are in this room as \(membership.user.text): send that as `user_id`, or join again.")
            return nil
        }
        if let kind, rates.areLimited,
            let seconds = rates.take(kind, as: .init(membership.user, in: membership.room.key))
        {
            refuse(event, session, RateRefusal(seconds: seconds))
            return nil
        }
        return membership
    }
}

extension ClientSession {
    /// The membership in the room that a stranger's text names; most clients write it as the server does.
    fileprivate func membership(spelled room: String, limits: ChatLimits) -> Membership? {
        membership(in: room) ?? (try? RoomID(room, limits: limits)).flatMap { membership(in: $0.text) }
    }
}

extension UserID {
    fileprivate func isSpelled(_ text: String, limits: ChatLimits) -> Bool {
        text == self.text || (try? UserID(text, limits: limits)) == self
    }
}

extension OnlineList {
    var json: JSONValue { .array(users.map { .string($0.text) }) }
}
