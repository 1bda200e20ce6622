public import JSON

/// What was known of a socket when it was asked for, wherever it is connected. For any thread.
public struct RemoteSocket: Sendable {
    /// `Socket.id`.
    public let id: String
    /// What the client brought when it connected.
    public let handshake: Handshake
    /// The rooms it was in, its own id's first.
    public let rooms: [String]
    /// `Socket.data` as an object.
    public let data: JSONValue
    private let namespace: Namespace

    init(_ socket: Socket) {
        id = socket.id
        handshake = socket.handshake
        rooms = socket.currentRooms
        data = socket.extras?.data.json ?? .object([])
        namespace = socket.namespace
    }

    /// Describes a socket of another server.
    public init(id: String, handshake: Handshake, rooms: [String], data: JSONValue, namespace: Namespace) {
        self.id = id
        self.handshake = handshake
        self.rooms = rooms
        self.data = data
        self.namespace = namespace
    }

    private var itself: BroadcastOperator { namespace.to(id) }

    /// Sends the socket an event; see `Socket.emit`.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        itself.emit(event, repeat each arguments)
    }

    /// Sends the socket an event with JSON values, which may be written as literals.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        itself.send(event, [first] + more)
    }

    /// Sends the socket an event and gives its answer, the first where other sockets have joined the room of its id.
    ///
    /// - Parameter timeout: how long to wait; `ServerOptions.ackTimeout` (60 s unless told) where it is `nil`.
    /// - Throws: `AckError`: `.disconnected` where the socket is not there any more, `.timedOut` where it did not answer
    ///   in time or left before, `.notSent` for what cannot be encoded.
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws -> EventArguments {
        let answers: [EventArguments]
        do {
            answers = try await itself.emitWithAck(event, repeat each arguments, timeout: timeout)
        } catch let error as BroadcastAckError {
            guard let answer = error.responses.first else { throw AckError.timedOut }
            return answer
        }
        guard let answer = answers.first else { throw AckError.disconnected }
        return answer
    }

    /// Makes the socket join rooms.
    public func join(_ rooms: String...) {
        namespace.adapter.addSockets(itself.target, to: RoomList(rooms))
    }

    /// Makes the socket join the rooms of an array or any other sequence.
    public func join(_ rooms: some Sequence<String>) { itself.socketsJoin(rooms) }

    /// Makes the socket leave rooms.
    public func leave(_ rooms: String...) {
        namespace.adapter.removeSockets(itself.target, from: RoomList(rooms))
    }

    /// Makes the socket leave the rooms of an array or any other sequence.
    public func leave(_ rooms: some Sequence<String>) { itself.socketsLeave(rooms) }

    /// Disconnects the socket from the namespace, or closes its whole connection.
    public func disconnect(close: Bool = false) { itself.disconnectSockets(close: close) }
}
