import EventLoops

extension Namespace {
    /// Calls `body` with each socket of this process that is in any of the rooms, its own id being one, on the socket's
    /// loop: after whatever the caller's thread has posted there before.
    public func forEachSocket(in rooms: some Sequence<String>, _ body: @escaping @Sendable (Socket) -> Void) {
        let target = BroadcastTarget(rooms: RoomList(rooms))
        guard !target.rooms.isEmpty else { return }
        for shard in shards {
            shard.loop.execute { shard.forEach(target, body) }
        }
    }
}
