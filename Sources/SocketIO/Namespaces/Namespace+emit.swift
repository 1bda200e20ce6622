public import JSON

// What a namespace can send and do to its sockets. See `BroadcastOperator`.

extension Namespace {
    /// Everyone in the namespace.
    var everyone: BroadcastOperator { BroadcastOperator(namespace: self) }

    /// Sends an event to everyone in the namespace; see `Socket.emit` for what arguments may be.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        everyone.emit(event, repeat each arguments)
    }

    /// Sends an event with JSON values, which may be written as literals: `emit("moved", ["x": 1, "by": "ann"])`.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        everyone.send(event, [first] + more)
    }

    /// Sends an event with arguments that are passed on: their bytes are copied and nothing is parsed.
    public func emit(_ event: String, _ arguments: EventArguments) { everyone.emit(event, arguments) }

    /// Sends everyone an event and gives all answers; see `BroadcastOperator.emitWithAck`.
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws -> [EventArguments] {
        try await everyone.emitWithAck(event, repeat each arguments, timeout: timeout)
    }

    /// The same with a closure, which is called once on any thread.
    public func emit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument,
        acknowledged: @escaping @Sendable (Result<[EventArguments], any Error>) -> Void
    ) {
        everyone.emit(event, repeat each arguments, acknowledged: acknowledged)
    }

    /// Sends the event `message` to everyone.
    public func send<each Argument: Encodable>(_ arguments: repeat each Argument) {
        emit("message", repeat each arguments)
    }

    /// Clients in any of the rooms, each once. A socket's id is a room with that socket.
    public func to(_ rooms: String...) -> BroadcastOperator { everyone.to(RoomList(rooms)) }

    /// Clients in any of the rooms, each once.
    public func to(_ rooms: RoomList) -> BroadcastOperator { everyone.to(rooms) }

    /// The same with an array, a set or any other sequence; everyone where it has no elements.
    public func to(_ rooms: some Sequence<String>) -> BroadcastOperator { everyone.to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { everyone.to(RoomList(rooms)) }

    /// The same as `to`.
    public func `in`(_ rooms: some Sequence<String>) -> BroadcastOperator { everyone.to(RoomList(rooms)) }

    /// Clients that are in none of the rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { everyone.except(RoomList(rooms)) }

    /// The same with an array, a set or any other sequence.
    public func except(_ rooms: some Sequence<String>) -> BroadcastOperator { everyone.except(RoomList(rooms)) }

    /// Only clients of this server, where there are several.
    public var local: BroadcastOperator { everyone.local }

    /// May be dropped for clients to which it cannot be written at once.
    public var volatile: BroadcastOperator { everyone.volatile }

    /// Whether the event may be compressed, where transports do that.
    public func compress(_ mayCompress: Bool) -> BroadcastOperator { everyone.compress(mayCompress) }

    /// How long acknowledgements are awaited.
    public func timeout(_ timeout: Duration) -> BroadcastOperator { everyone.timeout(timeout) }

    /// What is known of all sockets: a picture, for any thread.
    public func fetchSockets() async throws -> [RemoteSocket] { try await everyone.fetchSockets() }

    /// The ids of all sockets.
    public func allSockets() async throws -> Set<String> { try await adapter.sockets(in: []) }

    /// Makes everyone join rooms.
    public func socketsJoin(_ rooms: String...) { adapter.addSockets(BroadcastTarget(), to: RoomList(rooms)) }

    /// Makes everyone join the rooms of an array or any other sequence.
    public func socketsJoin(_ rooms: some Sequence<String>) { everyone.socketsJoin(rooms) }

    /// Makes everyone leave rooms.
    public func socketsLeave(_ rooms: String...) { adapter.removeSockets(BroadcastTarget(), from: RoomList(rooms)) }

    /// Makes everyone leave the rooms of an array or any other sequence.
    public func socketsLeave(_ rooms: some Sequence<String>) { everyone.socketsLeave(rooms) }

    /// Disconnects everyone from the namespace, or closes their whole connections.
    public func disconnectSockets(close: Bool = false) {
        adapter.disconnectSockets(BroadcastTarget(), close: close)
    }

    /// Events to be sent in one order by one `deliver()`; see `EventBatch`.
    public func makeBatch() -> EventBatch { EventBatch(namespace: self) }

    // MARK: Other servers

    /// Sends an event to the other servers of a cluster and gives their answers; none where there is no other server.
    @discardableResult
    public func serverSideEmit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument
    ) async throws -> [EventArguments] {
        let packet = packet(event, id: nil) { writer in repeat try writer.append(encoding: each arguments) }
        guard let packet else { throw AckError.notSent }
        return try await adapter.serverSideEmit(packet)
    }

    /// Calls `handler` for events that another server sent with `serverSideEmit`.
    public func onServerSide(_ event: String, _ handler: @escaping @Sendable (EventArguments) -> Void) {
        change { $0.serverEvents.entries.append((event, handler)) }
    }

    /// For adapters: another server has sent this event.
    public func receivedServerSide(_ event: String, _ arguments: EventArguments) {
        for entry in shared.content.serverEvents.entries where entry.name == event { entry.handler(arguments) }
    }

    // MARK: Encoding

    /// Writes an event; `false` where it cannot be, which is reported.
    func write(
        _ event: String, id: UInt64?, _ body: (inout PacketWriter) throws -> Void, to writer: inout PacketWriter,
        socket: Socket? = nil
    ) -> Bool {
        do {
            guard !EventName.isReserved(event) else { throw PacketError.reservedEventName }
            writer.begin(.event, prefix: prefix, id: id)
            try writer.writeArray(name: event, rebuildable: body)
        } catch {
            context.report(error, socket: socket, event: event)
            return false
        }
        writer.finish()
        return true
    }

    /// An event, encoded in a buffer of the loop at work; `nil` where it cannot be, which is reported.
    func packet(_ event: String, id: UInt64?, _ body: (inout PacketWriter) throws -> Void) -> EventPacket? {
        let state = currentShard?.state
        var writer = PacketWriter(scratch: state?.takeScratch() ?? [])
        let packet = write(event, id: id, body, to: &writer) ? EventPacket(writer, id: id) : nil
        state?.giveBack(writer.takeText())
        return packet
    }
}
