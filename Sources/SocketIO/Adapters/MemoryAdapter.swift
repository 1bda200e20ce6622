import Bytes
import EngineIO
import EventLoops
import Metrics

/// Rooms and broadcasts within this process.
///
/// Members are kept for each loop apart: a broadcast is encoded once, goes at once to members on the caller's own loop,
/// and costs one post to every other loop.
public final class MemoryAdapter: Adapter {
    /// The name of the namespace, with its slash.
    public let namespaceName: String
    private let context: ServerContext
    let shardTable: ShardTable
    /// The log of events, where connection state recovery is on.
    let recovery: RecoveryLog?

    init(namespace name: String, context: ServerContext, shards: ShardTable) {
        namespaceName = name
        self.context = context
        shardTable = shards
        recovery = context.options.connectionStateRecovery.map { RecoveryLog($0, context: context) }
    }

    private var shards: [NamespaceShard] { shardTable.shards }

    public var ordersDeliveries: Bool { recovery != nil }

    public func addAll(_ socket: Socket, to rooms: [String]) {
        for room in rooms { socket.shard.join(socket, room) }
    }

    public func remove(_ socket: Socket, from room: String) { socket.shard.leave(socket, room) }

    public func removeAll(_ socket: Socket) { socket.shard.leaveAll(socket) }

    // MARK: Broadcasts

    public func broadcast(_ packet: EventPacket, to target: BroadcastTarget) {
        if let recovery { return recovery.broadcast([BroadcastItem(packet: packet, target: target)], on: shards) }
        let wire = context.wire(packet)
        let flags = OutgoingMessage.Flags(target.flags)
        var own: NamespaceShard?
        for shard in shards {
            if own == nil && shard.loop.isCurrent {
                own = shard
            } else {
                shard.loop.execute { shard.deliver(wire.copy(flags), packet, to: target) }
            }
        }
        own?.deliver(wire.message(flags), packet, to: target)
    }

    /// One post to each loop, the caller's own included: batches come from a thread whose order they keep.
    public func broadcast(_ batch: [BroadcastItem]) {
        guard !batch.isEmpty else { return }
        if let recovery { return recovery.broadcast(batch, on: shards) }
        let wires = batch.map { context.wire($0.packet) }
        for shard in shards {
            shard.loop.execute {
                for (item, wire) in zip(batch, wires) {
                    shard.deliver(wire.copy(.init(item.target.flags)), item.packet, to: item.target)
                    item.delivered?(shard.loop)
                }
            }
        }
    }

    public func broadcastWithAck(
        _ packet: EventPacket, to target: BroadcastTarget, timeout: Duration?,
        clientCount: @escaping @Sendable (Int, Bool) -> Void,
        answer: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        guard let id = packet.id, !shards.isEmpty else { return clientCount(0, true) }
        let wire = context.wire(packet)
        let flags = OutgoingMessage.Flags(target.flags)
        let outstanding = Outstanding(shards.count, clientCount)
        onEachLoop { shard in
            let message = wire.copy(flags)
            var count = 0
            shard.forEach(target) { socket in
                guard socket.state == .connected else { return }
                count += 1
                socket.expectAnswer(id, timeout, answer)
                socket.deliver(message, packet)
            }
            shard.state.sent.add(count)
            outstanding.counted(count)
        } ended: {
            outstanding.counted(0)
        }
    }

    /// Tells the clients that each loop has reached, and which loop was the last.
    private final class Outstanding: Sendable {
        private let left: Locked<Int>
        private let clientCount: @Sendable (Int, Bool) -> Void

        init(_ loops: Int, _ clientCount: @escaping @Sendable (Int, Bool) -> Void) {
            left = Locked(loops)
            self.clientCount = clientCount
        }

        func counted(_ count: Int) {
            let isLast = left.withLock { left in
                left -= 1
                return left == 0
            }
            clientCount(count, isLast)
        }
    }

    // MARK: Many sockets at a time

    public func sockets(in rooms: RoomList) async -> Set<String> {
        Set(await gather { $0.ids(in: rooms) })
    }

    public func fetchSockets(_ target: BroadcastTarget) async -> [RemoteSocket] {
        await gather { shard in
            var found: [RemoteSocket] = []
            shard.forEach(target) { if $0.state == .connected { found.append(RemoteSocket($0)) } }
            return found
        }
    }

    public func addSockets(_ target: BroadcastTarget, to rooms: RoomList) {
        change(target) { socket in socket.namespace.adapter.addAll(socket, to: Array(rooms)) }
    }

    public func removeSockets(_ target: BroadcastTarget, from rooms: RoomList) {
        change(target) { socket in
            for room in rooms { socket.namespace.adapter.remove(socket, from: room) }
        }
    }

    public func disconnectSockets(_ target: BroadcastTarget, close: Bool) {
        change(target) { $0.disconnect(close: close) }
    }

    /// Nobody hears it: there is no other server.
    public func serverSideEmit(_ packet: EventPacket) async -> [EventArguments] { [] }

    public func serverCount() async -> Int { 1 }

    public func close() {}

    // MARK: Recovery

    public func restoreSession(privateID: String, offset: String) async -> RecoveredSession? {
        guard let now = shards.first?.loop.now else { return nil }
        return await recovery?.restore(privateID: privateID, offset: offset, now: now)
    }

    public func socketJoins(_ socket: Socket, recovering session: RecoveredSession?) -> SocketAdmission? {
        guard let recovery else { return SocketAdmission() }
        return recovery.admit(socket, recovering: session)
    }

    public func socketEnds(_ socket: Socket, reason: DisconnectReason) {
        recovery?.socketEnds(socket, reason: reason)
    }

    // MARK: Loops

    /// Calls `body` on each loop, and `ended` here for each that has ended.
    private func onEachLoop(_ body: @escaping @Sendable (NamespaceShard) -> Void, ended: () -> Void = {}) {
        for shard in shards where !shard.loop.perform({ body(shard) }) { ended() }
    }

    /// Changes every socket that the target means; they are listed first, for the change may move them.
    private func change(_ target: BroadcastTarget, _ body: @escaping @Sendable (Socket) -> Void) {
        let work: @Sendable (NamespaceShard) -> Void = { shard in
            var meant: [Socket] = []
            shard.forEach(target) { meant.append($0) }
            for socket in meant { body(socket) }
        }
        if let recovery { recovery.perform(on: shards, work) } else { onEachLoop(work) }
    }

    /// What `read` gives on each loop, together.
    private func gather<Element: Sendable>(
        _ read: @escaping @Sendable (NamespaceShard) -> [Element]
    ) async -> [Element] {
        let shards = shards
        guard !shards.isEmpty else { return [] }
        return await withCheckedContinuation { continuation in
            let state = Locked((left: shards.count, found: [Element]()))
            let add: @Sendable ([Element]) -> Void = { part in
                let whole: [Element]? = state.withLock { state in
                    state.left -= 1
                    state.found += part
                    return state.left == 0 ? state.found : nil
                }
                if let whole { continuation.resume(returning: whole) }
            }
            onEachLoop {
                add(read($0))
            } ended: {
                add([])
            }
        }
    }
}
