import Bytes
import EngineIO
import EventLoops
import JSON
import ParleyTesting
import Testing

@testable import SocketIO

/// What connects the adapters of several servers in a test.
private final class Bus: Sendable {
    private struct Member {
        weak var adapter: RelayAdapter?
    }

    private let members = Locked<[Member]>([])

    func add(_ adapter: RelayAdapter) { members.withLock { $0.append(Member(adapter: adapter)) } }

    func others(than adapter: RelayAdapter) -> [RelayAdapter] {
        members.withLock { $0.compactMap(\.adapter) }.filter {
            $0 !== adapter && $0.local.namespaceName == adapter.local.namespaceName
        }
    }
}

/// Passes everything on to the other servers of a bus, as an adapter over a network would: events as their arguments.
private final class RelayAdapter: Adapter {
    let local: MemoryAdapter
    let journal = Journal()
    private let bus: Bus
    private struct Attached {
        weak var namespace: Namespace?
    }

    private let attached = Locked(Attached())

    init(_ local: MemoryAdapter, _ bus: Bus) {
        self.local = local
        self.bus = bus
        bus.add(self)
    }

    private var others: [RelayAdapter] { bus.others(than: self) }

    private func others(_ flags: BroadcastFlags) -> [RelayAdapter] { flags.isLocal ? [] : others }

    private func relayed(_ packet: EventPacket) -> EventPacket? {
        EventPacket(packet.arguments, namespace: local.namespaceName, id: packet.id)
    }

    func attached(to namespace: Namespace) { attached.withLock { $0.namespace = namespace } }

    var ordersDeliveries: Bool { local.ordersDeliveries }

    func addAll(_ socket: Socket, to rooms: [String]) {
        journal.add("add \(rooms)")
        local.addAll(socket, to: rooms)
    }

    func remove(_ socket: Socket, from room: String) { local.remove(socket, from: room) }

    func removeAll(_ socket: Socket) { local.removeAll(socket) }

    func broadcast(_ packet: EventPacket, to target: BroadcastTarget) {
        local.broadcast(packet, to: target)
        guard let copy = relayed(packet) else { return }
        for other in others(target.flags) { other.local.broadcast(copy, to: target) }
    }

    func broadcastWithAck(
        _ packet: EventPacket, to target: BroadcastTarget, timeout: Duration?,
        clientCount: @escaping @Sendable (Int, Bool) -> Void,
        answer: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        let servers = [self] + others(target.flags)
        let left = Locked(servers.count)
        for server in servers {
            server.local.broadcastWithAck(
                packet, to: target, timeout: timeout,
                clientCount: { count, isLast in
                    let isLastOfAll = left.withLock { left in
                        if isLast { left -= 1 }
                        return left == 0
                    }
                    clientCount(count, isLastOfAll)
                }, answer: answer)
        }
    }

    func sockets(in rooms: RoomList) async throws -> Set<String> {
        var found: Set<String> = []
        for server in [self] + others { found.formUnion(await server.local.sockets(in: rooms)) }
        return found
    }

    func fetchSockets(_ target: BroadcastTarget) async throws -> [RemoteSocket] {
        var found: [RemoteSocket] = []
        for server in [self] + others(target.flags) { found += await server.local.fetchSockets(target) }
        return found
    }

    func addSockets(_ target: BroadcastTarget, to rooms: RoomList) {
        for server in [self] + others(target.flags) { server.local.addSockets(target, to: rooms) }
    }

    func removeSockets(_ target: BroadcastTarget, from rooms: RoomList) {
        for server in [self] + others(target.flags) { server.local.removeSockets(target, from: rooms) }
    }

    func disconnectSockets(_ target: BroadcastTarget, close: Bool) {
        for server in [self] + others(target.flags) { server.local.disconnectSockets(target, close: close) }
    }

    func serverSideEmit(_ packet: EventPacket) async throws -> [EventArguments] {
        let arguments = packet.arguments
        for other in others {
            other.attached.withLock { $0.namespace }?.receivedServerSide(
                arguments[0].stringValue ?? "", arguments.dropFirst())
        }
        return others.map { _ in .none }
    }

    func serverCount() async -> Int { others.count + 1 }

    func restoreSession(privateID: String, offset: String) async -> RecoveredSession? {
        await local.restoreSession(privateID: privateID, offset: offset)
    }

    func socketJoins(_ socket: Socket, recovering session: RecoveredSession?) -> SocketAdmission? {
        local.socketJoins(socket, recovering: session)
    }

    func socketEnds(_ socket: Socket, reason: DisconnectReason) { local.socketEnds(socket, reason: reason) }

    func close() {
        journal.add("close")
    }
}

@Suite struct AdapterTests {
    private func cluster() -> (Harness, Harness) {
        let bus = Bus()
        let servers = (0..<2).map { index in
            Harness(seed: UInt64(index)) { $0.adapter = { RelayAdapter($0, bus) } }
        }
        return (servers[0], servers[1])
    }

    @Test func `servers that an adapter connects act as one`() async throws {
        let (first, second) = cluster()
        let clients = [first.join(), second.join(), second.join()]
        first.io.emit("x", "y", [1] as [UInt8])
        for client in clients {
            #expect(client.take() == [#"451-["x","y",{"_placeholder":true,"num":0}]"#, "<01>"])
        }
        first.io.local.emit("here")
        #expect(clients.map { $0.take().count } == [1, 0, 0])
        second.io.socketsJoin("room")
        first.io.to("room").emit("z")
        #expect(clients.map { $0.take().count } == [1, 1, 1])
        #expect(try await first.io.fetchSockets().count == 3)
        #expect(try await second.io.sockets.adapter.serverCount() == 2)
        #expect(try await second.io.sockets.allSockets().count == 3)
        second.io.socketsLeave("room")
        first.io.to("room").emit("z")
        #expect(clients.map { $0.take().count } == [0, 0, 0])
        first.io.disconnectSockets()
        #expect(clients.map { $0.take() } == [["41"], ["41"], ["41"]])
    }

    @Test func `answers come from all servers`() {
        let (first, second) = cluster()
        let clients = [first.join(), second.join()]
        let journal = Journal()
        first.io.emit("q") { result in journal.add("\((try? result.get().count) ?? -1)") }
        first.run()
        #expect(clients.map { $0.take() } == [[#"420["q"]"#], [#"420["q"]"#]])
        clients[0].receive("430[]")
        #expect(journal.take() == [])
        clients[1].receive("430[]")
        #expect(journal.take() == ["2"])
    }

    @Test func `servers speak with each other`() async throws {
        let (first, second) = cluster()
        let journal = Journal()
        for (name, io) in [("first", first.io), ("second", second.io)] {
            io.onServerSide("hello") { journal.add("\(name) \($0[0].stringValue ?? "")") }
        }
        #expect(try await first.io.serverSideEmit("hello", "world").count == 1)
        try await second.io.serverSideEmit("unheard")
        #expect(journal.take() == ["second world"])
    }

    @Test func `an adapter hears of joins and of the end`() async {
        let (first, _) = cluster()
        first.io.on("connection") { socket in socket.join("a", "b") }
        let client = first.join()
        let adapter = first.io.sockets.adapter as? RelayAdapter
        #expect(adapter?.journal.take() == [#"add ["a", "b"]"#])
        first.io.in("a").socketsJoin("c")
        #expect(adapter?.journal.take() == [#"add ["c"]"#])
        let io = first.io
        Task { await io.close() }
        let isClosed = await first.loop.run(until: { client.isClosed && adapter?.journal.take() == ["close"] })
        #expect(isClosed)
    }

    @Test func `an event of another server needs a name of its own`() {
        #expect(EventPacket(EventArguments(["x", 1]), namespace: "/a", id: 3)?.text == SharedBytes(#"2/a,3["x",1]"#))
        #expect(EventPacket(EventArguments(["connect"]), namespace: "/") == nil)
        #expect(EventPacket(EventArguments([1]), namespace: "/") == nil)
        #expect(EventPacket(.none, namespace: "/") == nil)
    }
}
