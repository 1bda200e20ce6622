public import JSON

/// A socket with modifiers for what is sent next; a value, so that nothing is left behind on the socket.
public struct SocketEmitter: Sendable {
    private let socket: Socket
    private var flags = BroadcastFlags()
    private var time: Duration?

    init(_ socket: Socket) { self.socket = socket }

    /// Sends that may be dropped where they cannot be written at once.
    public var volatile: SocketEmitter {
        var copy = self
        copy.flags.isVolatile = true
        return copy
    }

    /// Whether the sends may be compressed, where the transport does that.
    public func compress(_ mayCompress: Bool) -> SocketEmitter {
        var copy = self
        copy.flags.mayCompress = mayCompress
        return copy
    }

    /// How long acknowledgements are awaited.
    public func timeout(_ timeout: Duration) -> SocketEmitter {
        var copy = self
        copy.time = timeout
        return copy
    }

    /// See `Socket.emit`.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        socket.send(event, flags) { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Sends an event with JSON values, which may be written as literals: `emit("moved", ["x": 1, "by": "ann"])`.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        socket.send(event, flags) { writer in
            writer.append(first)
            for value in more { writer.append(value) }
        }
    }

    /// Sends an event with arguments that are passed on: their bytes are copied and nothing is parsed.
    public func emit(_ event: String, _ arguments: EventArguments) {
        socket.send(event, flags) { $0.append(arguments) }
    }

    /// See `Socket.emit(_:_:acknowledged:)`.
    public func emit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument,
        acknowledged: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        let timeout = time ?? socket.namespace.context.options.ackTimeout
        socket.request(event, flags, timeout, acknowledged) { writer in
            repeat try writer.append(encoding: each arguments)
        }
    }

    /// Sends an event and gives the client's answer; see `Socket.emitWithAck`.
    ///
    /// - Parameter timeout: how long to wait; where it is `nil`, what `timeout(_:)` was given, or else
    ///   `ServerOptions.ackTimeout` (60 s unless told).
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws(AckError) -> EventArguments {
        let packed = socket.pack { writer in repeat try writer.append(encoding: each arguments) }
        return try await socket.answer(to: event, packed, flags, timeout ?? time)
    }

    /// Sends the event `message`.
    public func send<each Argument: Encodable>(_ arguments: repeat each Argument) {
        emit("message", repeat each arguments)
    }

    /// All other clients of the namespace.
    public var broadcast: BroadcastOperator {
        var target = BroadcastTarget(flags: flags)
        target.except.append(socket.id)
        return BroadcastOperator(namespace: socket.namespace, target: target, timeout: time)
    }

    /// All other clients in any of the rooms, each once.
    public func to(_ rooms: String...) -> BroadcastOperator { broadcast.to(RoomList(rooms)) }

    /// The same with an array, a set or any other sequence; all other clients where it has no elements.
    public func to(_ rooms: some Sequence<String>) -> BroadcastOperator { broadcast.to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { broadcast.to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: some Sequence<String>) -> BroadcastOperator { broadcast.to(RoomList(rooms)) }

    /// All other clients that are in none of the rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { broadcast.except(RoomList(rooms)) }

    /// The same with an array, a set or any other sequence.
    public func except(_ rooms: some Sequence<String>) -> BroadcastOperator { broadcast.except(RoomList(rooms)) }
}
