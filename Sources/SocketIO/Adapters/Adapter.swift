public import EventLoops
public import JSON

/// Who holds the rooms of a namespace, and carries broadcasts: to this process's loops, or to other servers as well.
///
/// `MemoryAdapter` is the default. An adapter for several servers is made in `ServerOptions.adapter` around the memory
/// adapter that it is given: it passes every call on to that for the sockets of this process, publishes it for the
/// other servers, and calls the memory adapter for what they publish. Methods that take a `Socket` are called on its
/// loop, the others on any thread; none may block.
public protocol Adapter: Sendable {
    /// The namespace is made: called once, before anything else. Keep it weakly.
    func attached(to namespace: Namespace)

    /// Whether events to one socket must come through `broadcast` too, to stand in one order with the broadcasts.
    var ordersDeliveries: Bool { get }

    /// A socket of this process joins rooms.
    func addAll(_ socket: Socket, to rooms: [String])
    /// A socket of this process leaves a room.
    func remove(_ socket: Socket, from room: String)
    /// A socket of this process leaves all its rooms, its own among them.
    func removeAll(_ socket: Socket)

    /// Sends one event to all that the target means.
    func broadcast(_ packet: EventPacket, to target: BroadcastTarget)
    /// Sends several events in their order.
    func broadcast(_ batch: [BroadcastItem])
    /// Sends an event that every client answers.
    ///
    /// - Parameters:
    ///   - timeout: how long a client may take.
    ///   - clientCount: called with the number of clients reached; `true` beside the last of the numbers.
    ///   - answer: called once for each client.
    func broadcastWithAck(
        _ packet: EventPacket, to target: BroadcastTarget, timeout: Duration?,
        clientCount: @escaping @Sendable (Int, Bool) -> Void,
        answer: @escaping @Sendable (Result<EventArguments, AckError>) -> Void)

    /// The ids of the sockets in any of the rooms; of all, where none is named.
    func sockets(in rooms: RoomList) async throws -> Set<String>
    /// What is known of the sockets that the target means.
    func fetchSockets(_ target: BroadcastTarget) async throws -> [RemoteSocket]
    /// Makes every socket of the target join rooms.
    func addSockets(_ target: BroadcastTarget, to rooms: RoomList)
    /// Makes every socket of the target leave rooms.
    func removeSockets(_ target: BroadcastTarget, from rooms: RoomList)
    /// Disconnects every socket of the target from the namespace, or closes its whole connection.
    func disconnectSockets(_ target: BroadcastTarget, close: Bool)

    /// Sends an event to the other servers and gives their answers; none where there is no other server.
    func serverSideEmit(_ packet: EventPacket) async throws -> [EventArguments]
    /// How many servers there are, this one counted.
    func serverCount() async throws -> Int

    /// The session that a client asks for, taken out of the store; `nil` where it is unknown, too old, or not all that
    /// the client missed is at hand. An older socket of the session that is still connected is closed first.
    func restoreSession(privateID: String, offset: String) async -> RecoveredSession?
    /// A socket is about to be connected; `session` where it recovers one.
    ///
    /// - Returns: what to send it, or `nil` where that cannot be had any more: the connection is then closed.
    func socketJoins(_ socket: Socket, recovering session: RecoveredSession?) -> SocketAdmission?
    /// A connected socket ends. Its rooms can still be read: the place to keep its session for recovery.
    func socketEnds(_ socket: Socket, reason: DisconnectReason)

    /// The server closes.
    func close()
}

/// One event of a batch.
public struct BroadcastItem: Sendable {
    /// The event.
    public var packet: EventPacket
    /// Whom it is for.
    public var target: BroadcastTarget
    /// Called on each loop once the event has been queued there, before anything else happens on that loop.
    public var delivered: (@Sendable (any EventLoop) -> Void)?

    /// An event for a target.
    public init(packet: EventPacket, target: BroadcastTarget) {
        self.packet = packet
        self.target = target
    }
}

extension Adapter {
    /// Does nothing.
    public func attached(to namespace: Namespace) {}

    /// Sends them one by one.
    public func broadcast(_ batch: [BroadcastItem]) {
        for item in batch { broadcast(item.packet, to: item.target) }
    }
}

/// What recovery keeps of a socket.
public struct RecoveredSession: Sendable {
    /// The public id, which the client keeps.
    public var id: String
    /// The secret under which the client asks for it.
    public var privateID: String
    /// The rooms that the socket was in, its own among them.
    public var rooms: [String]
    /// `Socket.data` as an object.
    public var data: JSONValue
    /// The number of the last event that the client has, for the memory adapter.
    var offset: UInt64 = 0
    /// Whether the socket is still to be in one of the rooms; `nil` where nobody was asked. See `Namespace.onRecovery`.
    var keeps: (@Sendable (String) -> Bool)?

    /// The rooms that the socket is to be in now. An adapter asks when it has what was missed at hand.
    public var keptRooms: [String] {
        guard let keeps else { return rooms }
        return rooms.filter { $0 == id || keeps($0) }
    }

    /// A session as it was when its connection was lost.
    public init(id: String, privateID: String, rooms: [String], data: JSONValue) {
        self.id = id
        self.privateID = privateID
        self.rooms = rooms
        self.data = data
    }
}

/// What a socket is sent while it is connected.
public struct SocketAdmission: Sendable {
    /// The events that it missed, their offsets at their ends; sent before CONNECT.
    public var missed: [EventPacket]
    /// The offset that it begins with; sent after CONNECT, so that a client can recover before its first event.
    public var offset: String?

    /// Lets a socket in, which is first sent what it missed.
    public init(missed: [EventPacket] = [], offset: String? = nil) {
        self.missed = missed
        self.offset = offset
    }
}
