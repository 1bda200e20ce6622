extension Socket {
    /// The rooms that the socket is in, its own id's first. On the loop only.
    public var rooms: [String] {
        requireLoop()
        return currentRooms
    }

    var currentRooms: [String] {
        let own = state != .connecting && !hasLeftOwnRoom && !hasExplicitOwnRoom ? [id] : []
        return own + memberships.map(\.room.name)
    }

    /// Whether the socket is in the room. On the loop only.
    public func isIn(_ room: String) -> Bool {
        requireLoop()
        return shard.contains(self, room)
    }

    /// Joins rooms; one that it is in already is no fault.
    public func join(_ rooms: String...) { joinAll(rooms) }

    /// The same with an array, a set or any other sequence.
    public func join(_ rooms: some Sequence<String>) { joinAll(Array(rooms)) }

    private func joinAll(_ rooms: [String]) {
        perform { socket in
            guard socket.state != .disconnected else { return }
            socket.namespace.adapter.addAll(socket, to: rooms)
        }
    }

    /// Leaves a room; one that it is not in is no fault.
    public func leave(_ room: String) {
        perform { socket in
            guard socket.state != .disconnected else { return }
            socket.namespace.adapter.remove(socket, from: room)
        }
    }

    /// Leaves rooms; one that it is not in is no fault.
    public func leave(_ rooms: String...) { leaveAll(rooms) }

    /// The same with an array, a set or any other sequence.
    public func leave(_ rooms: some Sequence<String>) { leaveAll(Array(rooms)) }

    private func leaveAll(_ rooms: [String]) {
        perform { socket in
            guard socket.state != .disconnected else { return }
            for room in rooms { socket.namespace.adapter.remove(socket, from: room) }
        }
    }
}
