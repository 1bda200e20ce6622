import Bytes

/// The namespaces that clients have made under one rule (`Server.of(matching:)`).
final class ChildList: Sendable {
    private let kept = Locked<[Namespace]>([])

    init() {}

    var children: [Namespace] { kept.withLock { $0 } }

    func add(_ child: Namespace) { kept.withLock { $0.append(child) } }

    func remove(_ child: Namespace) { kept.withLock { $0.removeAll { $0 === child } } }
}

/// Passes everything on to the children: `io.of(matching: ...).emit(...)` reaches all sockets of all of them.
final class ParentAdapter: Adapter {
    private let list: ChildList

    init(children: ChildList) { list = children }

    private var children: [Namespace] { list.children }

    var ordersDeliveries: Bool { false }

    // A parent has no sockets of its own.
    func addAll(_ socket: Socket, to rooms: [String]) {}
    func remove(_ socket: Socket, from room: String) {}
    func removeAll(_ socket: Socket) {}
    func restoreSession(privateID: String, offset: String) async -> RecoveredSession? { nil }
    func socketJoins(_ socket: Socket, recovering session: RecoveredSession?) -> SocketAdmission? { nil }
    func socketEnds(_ socket: Socket, reason: DisconnectReason) {}

    func broadcast(_ packet: EventPacket, to target: BroadcastTarget) {
        for child in children { child.adapter.broadcast(packet.moved(to: child, id: nil), to: target) }
    }

    func broadcastWithAck(
        _ packet: EventPacket, to target: BroadcastTarget, timeout: Duration?,
        clientCount: @escaping @Sendable (Int, Bool) -> Void,
        answer: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        let children = children
        guard !children.isEmpty else { return clientCount(0, true) }
        let outstanding = Locked(children.count)
        for child in children {
            child.adapter.broadcastWithAck(
                packet.moved(to: child, id: child.nextAckID()), to: target, timeout: timeout,
                clientCount: { count, isLast in
                    let isLastOfAll = outstanding.withLock { left in
                        if isLast { left -= 1 }
                        return left == 0
                    }
                    clientCount(count, isLastOfAll)
                }, answer: answer)
        }
    }

    func sockets(in rooms: RoomList) async throws -> Set<String> {
        var found: Set<String> = []
        for child in children { found.formUnion(try await child.adapter.sockets(in: rooms)) }
        return found
    }

    func fetchSockets(_ target: BroadcastTarget) async throws -> [RemoteSocket] {
        var found: [RemoteSocket] = []
        for child in children { found += try await child.adapter.fetchSockets(target) }
        return found
    }

    func addSockets(_ target: BroadcastTarget, to rooms: RoomList) {
        for child in children { child.adapter.addSockets(target, to: rooms) }
    }

    func removeSockets(_ target: BroadcastTarget, from rooms: RoomList) {
        for child in children { child.adapter.removeSockets(target, from: rooms) }
    }

    func disconnectSockets(_ target: BroadcastTarget, close: Bool) {
        for child in children { child.adapter.disconnectSockets(target, close: close) }
    }

    func serverSideEmit(_ packet: EventPacket) async throws -> [EventArguments] {
        var answers: [EventArguments] = []
        for child in children { answers += try await child.adapter.serverSideEmit(packet.moved(to: child, id: nil)) }
        return answers
    }

    func serverCount() async -> Int { 1 }

    func close() {}
}
