import Bytes
import Cryptography

/// The rooms at hand: one object for each that somebody holds, and the most recent of the others.
final class RoomDirectory: Sendable {
    private struct Contents {
        var rooms: [RoomID: WeakRoom] = [:]
        /// Keeps the rooms that were looked up last, in a ring.
        var recent: [Room] = []
        var next = 0
        /// Grows with every deletion: a record that was read before one may be of a room that is gone.
        var deletions = 0
        /// How many entries there may be before those of rooms that are gone are looked for.
        private var sweepsAt = 0

        mutating func take(_ made: Room, capacity: Int) -> Room {
            if let room = rooms[made.id]?.room, room.key == made.key { return room }
            rooms[made.id] = WeakRoom(room: made)
            if recent.count < capacity {
                recent.append(made)
            } else {
                next %= capacity
                recent[next] = made
                next += 1
            }
            sweep(atLeast: 4 * capacity)
            return made
        }

        /// Forgets rooms that nobody holds; so seldom that it costs little for each room, however many are in use.
        private mutating func sweep(atLeast least: Int) {
            guard rooms.count > max(sweepsAt, least) else { return }
            rooms = rooms.filter { $0.value.room != nil }
            sweepsAt = 2 * rooms.count
        }
    }

    private struct WeakRoom {
        weak var room: Room?
    }

    private let contents = Locked(Contents())
    private let store: any ChatStore
    private let makeRoom: @Sendable (RoomRecord) throws(ChatError) -> Room
    private let capacity: Int

    init(
        store: any ChatStore, capacity: Int, makeRoom: @escaping @Sendable (RoomRecord) throws(ChatError) -> Room
    ) {
        self.store = store
        self.capacity = max(capacity, 1)
        self.makeRoom = makeRoom
    }

    /// The room, from the store if it is not at hand; `nil` where there is none.
    func room(_ id: RoomID) async throws(ChatError) -> Room? {
        while true {
            let (known, deletions) = contents.withLock { ($0.rooms[id]?.room, $0.deletions) }
            if let known, !known.isDeleted { return known }
            let record: RoomRecord?
            do { record = try await store.room(id) } catch { throw ChatError(error) }
            guard let record else { return nil }
            let made = try makeRoom(record)
            if let room = insert(made, deletions: deletions) { return room }
        }
    }

    /// Takes in a room that was just created; gives the object to use, which another call may have made before.
    func add(_ made: Room) -> Room {
        contents.withLock { $0.take(made, capacity: capacity) }
    }

    /// The rooms at hand.
    var present: [Room] { contents.withLock { $0.rooms.values.compactMap(\.room) } }

    /// Forgets a room that the store has deleted.
    func remove(_ room: Room) {
        room.markDeleted()
        contents.withLock { contents in
            contents.deletions += 1
            if contents.rooms[room.id]?.room === room { contents.rooms[room.id] = nil }
            contents.recent.removeAll { $0 === room }
            contents.next = 0
        }
    }

    /// `made`, or the object that another call was faster with; `nil` where rooms were deleted in the meantime.
    private func insert(_ made: Room, deletions: Int) -> Room? {
        contents.withLock { contents in
            contents.deletions == deletions ? contents.take(made, capacity: capacity) : nil
        }
    }
}
