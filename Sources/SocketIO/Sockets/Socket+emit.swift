import Bytes
import EngineIO
import EventLoops
public import JSON
import Metrics

// Sending. Arguments are encoded on the caller's thread before the call returns.

extension Socket {
    /// Sends an event to the client.
    ///
    /// Each argument may be anything `Encodable`: text, numbers, `JSONValue`, types of yours, `[UInt8]` (an
    /// attachment), `EncodedJSON` (sent as it is) and `EventArguments` (arguments of another event side by side,
    /// without parsing them). Nothing happens once the socket is disconnected. A value that cannot be encoded is
    /// reported and not sent.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        send(event, .init()) { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Sends an event with JSON values, which may be written as literals: `emit("moved", ["x": 1, "by": "ann"])`.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        send(event, .init()) { writer in
            writer.append(first)
            for value in more { writer.append(value) }
        }
    }

    /// Sends an event with arguments that are passed on: their bytes are copied and nothing is parsed.
    public func emit(_ event: String, _ arguments: EventArguments) {
        send(event, .init()) { $0.append(arguments) }
    }

    /// Sends an event and calls `acknowledged` once, on the socket's loop: with the client's answer, or with what kept
    /// it away.
    ///
    /// Waits for `ServerOptions.ackTimeout` (60 s unless told); `timeout(_:)` gives another time.
    public func emit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument,
        acknowledged: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        let timeout = namespace.context.options.ackTimeout
        request(event, .init(), timeout, acknowledged) { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Sends an event and gives the client's answer.
    ///
    /// - Parameter timeout: how long to wait; `ServerOptions.ackTimeout` (60 s unless told) where it is `nil`.
    /// - Throws: `AckError`: `.timedOut` ("operation has timed out"), `.disconnected`, `.notSent`.
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws(AckError) -> EventArguments {
        // Encoded before the wait, so that arguments need not be Sendable.
        let packed = pack { writer in repeat try writer.append(encoding: each arguments) }
        return try await answer(to: event, packed, .init(), timeout)
    }

    /// Sends the event `message`.
    public func send<each Argument: Encodable>(_ arguments: repeat each Argument) {
        emit("message", repeat each arguments)
    }

    // MARK: Operators

    /// Sends that may be dropped where they cannot be written at once: for what is stale a moment later.
    public var volatile: SocketEmitter { SocketEmitter(self).volatile }

    /// Whether the sends may be compressed, where the transport does that.
    public func compress(_ mayCompress: Bool) -> SocketEmitter { SocketEmitter(self).compress(mayCompress) }

    /// How long acknowledgements are awaited.
    public func timeout(_ timeout: Duration) -> SocketEmitter { SocketEmitter(self).timeout(timeout) }

    /// All other clients of the namespace.
    public var broadcast: BroadcastOperator { SocketEmitter(self).broadcast }

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

// MARK: - The way out

extension Socket {
    /// Encodes an event and sends it.
    func send(_ event: String, _ flags: BroadcastFlags, _ body: (inout PacketWriter) throws -> Void) {
        if namespace.adapter.ordersDeliveries { return sendOrdered(event, flags, body) }
        guard isOnLoop else { return sendFromElsewhere(event, flags, body) }
        guard state != .disconnected else { return }
        var writer = PacketWriter(scratch: shard.state.takeScratch())
        if namespace.write(event, id: nil, body, to: &writer, socket: self) {
            transmit(writer, flags)
            notifyOutgoing(writer)
        }
        shard.state.giveBack(writer.takeText())
    }

    private func sendFromElsewhere(
        _ event: String, _ flags: BroadcastFlags, _ body: (inout PacketWriter) throws -> Void
    ) {
        var writer = PacketWriter()
        guard namespace.write(event, id: nil, body, to: &writer, socket: self) else { return }
        shard.loop.execute { [self, writer] in
            transmit(writer, flags)
            notifyOutgoing(writer)
        }
    }

    /// With recovery an event to one socket stands in one order with the broadcasts, so the adapter sends it.
    private func sendOrdered(
        _ event: String, _ flags: BroadcastFlags, _ body: (inout PacketWriter) throws -> Void
    ) {
        var writer = PacketWriter()
        guard namespace.write(event, id: nil, body, to: &writer, socket: self) else { return }
        var target = BroadcastTarget(rooms: RoomList(id), flags: flags)
        target.only = self
        namespace.adapter.broadcast(EventPacket(writer), to: target)
    }

    /// Sends an event that asks for an answer.
    func request(
        _ event: String, _ flags: BroadcastFlags, _ timeout: Duration?,
        _ completion: @escaping @Sendable (Result<EventArguments, AckError>) -> Void,
        _ body: (inout PacketWriter) throws -> Void
    ) {
        let id = namespace.nextAckID()
        var writer = PacketWriter()
        guard namespace.write(event, id: id, body, to: &writer, socket: self) else {
            return completion(.failure(.notSent))
        }
        let isPosted = perform { [writer] socket in
            guard socket.state != .disconnected else { return completion(.failure(.disconnected)) }
            socket.expectAnswer(id, timeout, completion)
            socket.transmit(writer, flags)
            socket.notifyOutgoing(writer)
        }
        if !isPosted { completion(.failure(.disconnected)) }
    }

    /// Keeps `completion` for the answer with this id.
    func expectAnswer(
        _ id: UInt64, _ timeout: Duration?,
        _ completion: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        madeExtras.acks[id] = AckWaiter(socket: self, id: id, timeout: timeout, completion: completion)
    }

    /// Encodes arguments apart from a packet; `nil` where one cannot be.
    func pack(_ body: (inout PacketWriter) throws -> Void) -> EventArguments? {
        var writer = PacketWriter()
        do {
            try writer.writeArray(rebuildable: body)
            return writer.arguments()
        } catch {
            namespace.context.report(error, socket: self, event: nil)
            return nil
        }
    }

    func answer(
        to event: String, _ arguments: EventArguments?, _ flags: BroadcastFlags, _ timeout: Duration?
    ) async throws(AckError) -> EventArguments {
        guard let arguments else { throw .notSent }
        let time = timeout ?? namespace.context.options.ackTimeout
        let result = await withCheckedContinuation { continuation in
            request(event, flags, time, { continuation.resume(returning: $0) }) { $0.append(arguments) }
        }
        return try result.get()
    }

    /// Gives a finished packet to the session. On the loop.
    func transmit(_ writer: borrowing PacketWriter, _ flags: BroadcastFlags = .init()) {
        guard let session = output ?? (state == .connecting ? connection.session : nil) else { return }
        if flags.isVolatile && !session.isWritable { return }
        shard.state.sent.add()
        if writer.attachments.isEmpty && flags.isPlain && !shard.state.usesMessagePack {
            return unsafe session.send(text: writer.text.span.bytes)
        }
        session.send(namespace.context.message(writer, flags))
    }

    private func notifyOutgoing(_ writer: borrowing PacketWriter) {
        guard let extras, !extras.outgoing.isEmpty else { return }
        notifyOutgoing(EventPacket(writer))
    }

    /// Tells the listeners for outgoing events.
    func notifyOutgoing(_ packet: EventPacket) {
        guard let extras, !extras.outgoing.isEmpty, let content = packet.content() else { return }
        let event = SocketEvent(storage: EventStorage(content), socket: self)
        for entry in extras.outgoing.entries { run(entry.handler, event) }
    }

    /// Gives a broadcast to the session. On the loop; nothing is allocated, looked up or locked here.
    @inline(__always)
    func deliver(_ message: OutgoingMessage, _ packet: EventPacket?) {
        guard let output else { return }
        if message.flags.isVolatile && !output.isWritable { return }
        output.send(message)
        if let extras, let packet, !extras.outgoing.isEmpty { notifyOutgoing(packet) }
    }
}
