public import JSON

/// Whom to reach and how; a value: every modifier gives a new one, so it can be kept and used again.
///
///     io.to("room 1", "room 2").except("muted").volatile.emit("cursor", position)
public struct BroadcastOperator: Sendable {
    let namespace: Namespace
    var target = BroadcastTarget()
    var timeout: Duration?

    init(namespace: Namespace, target: BroadcastTarget = BroadcastTarget(), timeout: Duration? = nil) {
        self.namespace = namespace
        self.target = target
        self.timeout = timeout
    }

    // MARK: Modifiers

    /// Clients in any of the rooms, each once; together with rooms named before.
    public func to(_ rooms: String...) -> BroadcastOperator { to(RoomList(rooms)) }

    /// Clients in any of the rooms, each once; together with rooms named before.
    public func to(_ rooms: RoomList) -> BroadcastOperator {
        var copy = self
        copy.target.rooms.append(rooms)
        return copy
    }

    /// The same with an array, a set or any other sequence. One without elements adds no room, so that, where none was
    /// named before, everyone is meant.
    public func to(_ rooms: some Sequence<String>) -> BroadcastOperator { to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: some Sequence<String>) -> BroadcastOperator { to(RoomList(rooms)) }

    /// But no client that is in one of these rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { except(RoomList(rooms)) }

    /// But no client that is in one of these rooms.
    public func except(_ rooms: RoomList) -> BroadcastOperator {
        var copy = self
        copy.target.except.append(rooms)
        return copy
    }

    /// The same with an array, a set or any other sequence.
    public func except(_ rooms: some Sequence<String>) -> BroadcastOperator { except(RoomList(rooms)) }

    /// Only clients of this server, where there are several.
    public var local: BroadcastOperator {
        var copy = self
        copy.target.flags.isLocal = true
        return copy
    }

    /// May be dropped for clients to which it cannot be written at once.
    public var volatile: BroadcastOperator {
        var copy = self
        copy.target.flags.isVolatile = true
        return copy
    }

    /// Whether the event may be compressed, where transports do that.
    public func compress(_ mayCompress: Bool) -> BroadcastOperator {
        var copy = self
        copy.target.flags.mayCompress = mayCompress
        return copy
    }

    /// How long acknowledgements are awaited.
    public func timeout(_ timeout: Duration) -> BroadcastOperator {
        var copy = self
        copy.timeout = timeout
        return copy
    }

    // MARK: Sending

    /// Sends an event; see `Socket.emit` for what arguments may be. Encoded once, whoever it reaches.
    ///
    /// From any thread: clients on the caller's own loop have it queued when the call returns, the others soon after.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        send(event) { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Sends an event with JSON values, which may be written as literals: `emit("moved", ["x": 1, "by": "ann"])`.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        send(event, [first] + more)
    }

    func send(_ event: String, _ values: [JSONValue]) {
        send(event) { writer in for value in values { writer.append(value) } }
    }

    /// Sends an event with arguments that are passed on: their bytes are copied and nothing is parsed.
    public func emit(_ event: String, _ arguments: EventArguments) {
        send(event) { $0.append(arguments) }
    }

    /// Sends the event `message`.
    public func send<each Argument: Encodable>(_ arguments: repeat each Argument) {
        emit("message", repeat each arguments)
    }

    private func send(_ event: String, _ body: (inout PacketWriter) throws -> Void) {
        guard let packet = namespace.packet(event, id: nil, body) else { return }
        namespace.adapter.broadcast(packet, to: target)
    }

    /// Sends an event and gives the answers of all clients, in the order in which they came.
    ///
    /// - Parameter timeout: how long to wait; where it is `nil`, what `timeout(_:)` was given, or else
    ///   `ServerOptions.ackTimeout` (60 s unless told).
    /// - Throws: `BroadcastAckError` with the answers so far, where a client did not answer in time or left.
    ///   `AckError.notSent` for what cannot be encoded.
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws -> [EventArguments] {
        let packet = namespace.packet(event, id: namespace.nextAckID()) { writer in
            repeat try writer.append(encoding: each arguments)
        }
        guard let packet else { throw AckError.notSent }
        let operation = timeout.map(self.timeout(_:)) ?? self
        return try await operation.request(packet)
    }

    /// The same with a closure, which is called once on any thread.
    public func emit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument,
        acknowledged: @escaping @Sendable (Result<[EventArguments], any Error>) -> Void
    ) {
        let packet = namespace.packet(event, id: namespace.nextAckID()) { writer in
            repeat try writer.append(encoding: each arguments)
        }
        guard let packet else { return acknowledged(.failure(AckError.notSent)) }
        collect(packet) { acknowledged($0.mapError { $0 as any Error }) }
    }

    private func request(_ packet: EventPacket) async throws(BroadcastAckError) -> [EventArguments] {
        let result = await withCheckedContinuation { continuation in
            collect(packet) { continuation.resume(returning: $0) }
        }
        return try result.get()
    }

    private func collect(
        _ packet: EventPacket,
        _ completion: @escaping @Sendable (Result<[EventArguments], BroadcastAckError>) -> Void
    ) {
        let collector = BroadcastAckCollector(completion)
        let time = timeout ?? namespace.context.options.ackTimeout
        collector.start(on: namespace.shards.first?.loop, timeout: time)
        namespace.adapter.broadcastWithAck(
            packet, to: target, timeout: time, clientCount: { collector.reached($0, isLast: $1) },
            answer: { collector.answered($0) })
    }

    // MARK: Many sockets at a time

    /// What is known of the clients that the operator reaches: a picture, for any thread.
    public func fetchSockets() async throws -> [RemoteSocket] {
        try await namespace.adapter.fetchSockets(target)
    }

    /// Makes the clients join rooms.
    public func socketsJoin(_ rooms: String...) { namespace.adapter.addSockets(target, to: RoomList(rooms)) }

    /// Makes the clients join the rooms of an array or any other sequence.
    public func socketsJoin(_ rooms: some Sequence<String>) {
        namespace.adapter.addSockets(target, to: RoomList(rooms))
    }

    /// Makes the clients leave rooms.
    public func socketsLeave(_ rooms: String...) { namespace.adapter.removeSockets(target, from: RoomList(rooms)) }

    /// Makes the clients leave the rooms of an array or any other sequence.
    public func socketsLeave(_ rooms: some Sequence<String>) {
        namespace.adapter.removeSockets(target, from: RoomList(rooms))
    }

    /// Disconnects the clients from the namespace, or closes their whole connections.
    public func disconnectSockets(close: Bool = false) {
        namespace.adapter.disconnectSockets(target, close: close)
    }
}
