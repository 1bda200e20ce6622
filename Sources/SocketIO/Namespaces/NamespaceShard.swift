import EngineIO
import EventLoops
import Metrics

/// One namespace on one loop: its sockets and rooms there.
///
/// Sendable because every variable is touched on the loop's thread only.
final class NamespaceShard: @unchecked Sendable {
    /// Unowned, for the namespace holds its shards; its sockets hold it.
    unowned let namespace: Namespace
    let state: LoopState
    let loop: any EventLoop
    /// The connected sockets by id.
    private(set) var sockets: [String: Socket] = [:]
    /// The same in one contiguous array.
    private(set) var all: ContiguousArray<Socket> = []
    private(set) var rooms: [String: Room] = [:]
    /// Grows with every broadcast that marks sockets; a socket whose `mark` equals it has been dealt with.
    private var generation: UInt64 = 0
    /// Whether a broadcast goes by the marks.
    private var isUsingMarks = false
    /// Whether ordered deliveries are being handed out (`RecoveryLog.drain`).
    var isDraining = false
    /// The handlers that all sockets share.
    var shared: SharedHandlers

    init(namespace: Namespace, state: LoopState, shared: SharedHandlers) {
        self.namespace = namespace
        self.state = state
        loop = state.loop
        self.shared = shared
    }

    // MARK: Sockets

    func add(_ socket: Socket) {
        sockets[socket.id] = socket
        socket.place = Int32(all.count)
        all.append(socket)
        shared.roomEvent(.created(room: socket.id))
        shared.roomEvent(.joined(room: socket.id, id: socket.id))
    }

    func remove(_ socket: Socket) {
        guard socket.place >= 0, let last = all.last else { return }
        sockets[socket.id] = nil
        all[Int(socket.place)] = last
        last.place = socket.place
        socket.place = -1
        all.removeLast()
    }

    // MARK: Rooms

    func contains(_ socket: Socket, _ name: String) -> Bool {
        if name == socket.id { return socket.state != .connecting && !socket.hasLeftOwnRoom }
        return rooms[name]?.slot(of: socket) != nil
    }

    func join(_ socket: Socket, _ name: String) {
        if name == socket.id && !socket.hasExplicitOwnRoom { return rejoinOwnRoom(socket) }
        let room = rooms[name] ?? makeRoom(name)
        guard room.slot(of: socket) == nil else { return }
        room.add(socket)
        shared.roomEvent(.joined(room: name, id: socket.id))
    }

    private func rejoinOwnRoom(_ socket: Socket) {
        guard socket.hasLeftOwnRoom else { return }
        socket.hasLeftOwnRoom = false
        shared.roomEvent(.joined(room: socket.id, id: socket.id))
    }

    private func makeRoom(_ name: String) -> Room {
        let room = Room(name: name)
        rooms[name] = room
        // A socket's own room takes no object until another socket joins it.
        if let owner = sockets[name], !owner.hasLeftOwnRoom {
            owner.hasExplicitOwnRoom = true
            room.add(owner)
        } else {
            shared.roomEvent(.created(room: name))
        }
        return room
    }

    func leave(_ socket: Socket, _ name: String) {
        if name == socket.id && !socket.hasExplicitOwnRoom { return leaveOwnRoom(socket) }
        guard let room = rooms[name], let slot = room.slot(of: socket) else { return }
        leave(socket, room, slot: slot)
    }

    private func leave(_ socket: Socket, _ room: Room, slot: Int) {
        room.remove(socket, slot: slot)
        if room.name == socket.id {
            socket.hasExplicitOwnRoom = false
            socket.hasLeftOwnRoom = true
        }
        shared.roomEvent(.left(room: room.name, id: socket.id))
        guard room.members.isEmpty else { return }
        rooms[room.name] = nil
        shared.roomEvent(.deleted(room: room.name))
    }

    private func leaveOwnRoom(_ socket: Socket) {
        guard !socket.hasLeftOwnRoom else { return }
        socket.hasLeftOwnRoom = true
        guard socket.place >= 0 else { return }
        shared.roomEvent(.left(room: socket.id, id: socket.id))
        shared.roomEvent(.deleted(room: socket.id))
    }

    func leaveAll(_ socket: Socket) {
        while let last = socket.memberships.last {
            leave(socket, last.room, slot: socket.memberships.count - 1)
        }
        leaveOwnRoom(socket)
    }
}

// MARK: - Reaching sockets

extension NamespaceShard {
    /// Calls `body` once for each socket that the target means.
    @inline(__always)
    func forEach(_ target: BroadcastTarget, _ body: (Socket) -> Void) {
        // The arrays are held while they are walked, so a handler that makes sockets leave costs a copy and harms
        // nothing.
        let isMarking = !target.except.isEmpty || target.rooms.count > 1
        if isMarking {
            // Sending may call a handler that sends to others: that must leave the marks alone.
            guard !isUsingMarks else { return forEachApart(target, body) }
            isUsingMarks = true
            markExcluded(target.except)
        }
        defer { if isMarking { isUsingMarks = false } }
        if target.rooms.isEmpty {
            for socket in all where !isMarking || socket.mark != generation { body(socket) }
            return
        }
        for name in target.rooms {
            if let room = rooms[name] {
                for member in room.members {
                    if isMarking && !mark(member.socket) { continue }
                    body(member.socket)
                }
            } else if let owner = sockets[name], !owner.hasLeftOwnRoom {
                if isMarking && !mark(owner) { continue }
                body(owner)
            }
        }
    }

    /// The same without the marks.
    private func forEachApart(_ target: BroadcastTarget, _ body: (Socket) -> Void) {
        var known: Set<Socket> = []
        for name in target.except { forEach(BroadcastTarget(rooms: RoomList(name))) { known.insert($0) } }
        if target.rooms.isEmpty {
            for socket in all where !known.contains(socket) { body(socket) }
        }
        for name in target.rooms {
            forEach(BroadcastTarget(rooms: RoomList(name))) { if known.insert($0).inserted { body($0) } }
        }
    }

    private func markExcluded(_ names: RoomList) {
        generation += 1
        for name in names {
            if let room = rooms[name] {
                for member in room.members { member.socket.mark = generation }
            } else if let owner = sockets[name], !owner.hasLeftOwnRoom {
                owner.mark = generation
            }
        }
    }

    /// Marks a socket; `false` where it was marked.
    @inline(__always)
    private func mark(_ socket: Socket) -> Bool {
        guard socket.mark != generation else { return false }
        socket.mark = generation
        return true
    }

    /// Queues a message on every socket that the target means.
    func deliver(_ message: OutgoingMessage, _ packet: EventPacket, to target: BroadcastTarget) {
        if let only = target.only { return only.shard === self ? only.deliver(message, packet) : () }
        var count = 0
        forEach(target) {
            $0.deliver(message, packet)
            count += 1
        }
        state.sent.add(count)
    }

    /// The ids of the sockets in any of the rooms; of all, where none is named.
    func ids(in rooms: RoomList) -> [String] {
        var ids: [String] = []
        forEach(BroadcastTarget(rooms: rooms)) { ids.append($0.id) }
        return ids
    }
}
