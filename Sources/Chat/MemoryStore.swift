public import Bytes
public import EventLoops

/// The chat in memory, for tests and throw-away servers: it forgets everything when the process ends.
public actor MemoryStore: ChatStore {
    private var rooms: [RoomID: MemoryRoom] = [:]
    private var lastKey: Int64 = 0
    private var lastID: Int64 = 0
    private var observer: @Sendable ([CommittedEvent]) -> Void = { _ in }
    private var isClosed = false
    private let clock: any WallClock
    private let messagesPerRoom: Int

    /// - Parameter messagesPerRoom: how many of its newest messages a room keeps.
    public init(clock: any WallClock = SystemWallClock(), messagesPerRoom: Int = ChatLimits().messagesPerRoom) {
        self.clock = clock
        self.messagesPerRoom = messagesPerRoom
    }

    public func start(observer: @escaping @Sendable ([CommittedEvent]) -> Void) { self.observer = observer }

    public func createRoom(_ room: NewRoom) throws(StoreError) -> RoomRecord {
        try checkOpen()
        guard rooms[room.id] == nil else { throw .roomExists }
        guard rooms.count < room.most else { throw .tooManyRooms }
        lastKey += 1
        let made = MemoryRoom(room, key: RoomKey(rawValue: lastKey))
        rooms[room.id] = made
        return made.record
    }

    public func room(_ id: RoomID) throws(StoreError) -> RoomRecord? {
        try checkOpen()
        return rooms[id]?.record
    }

    public func setPasswordHash(_ hash: String, of room: Room) throws(StoreError) {
        try check(room)
        rooms[room.id]?.passwordHash = hash
    }

    public func verify(
        _ address: IPAddress, in room: Room, until expires: Int64, most: Int
    ) throws(StoreError) {
        try check(room)
        rooms[room.id]?.verify(address, until: expires, most: most)
    }

    public func append(_ draft: MessageDraft) throws(StoreError) -> MessagePlace {
        var data = try check(draft.room)
        if let place = data.place(of: draft) { return place }
        lastID += 1
        rooms[draft.room.id] = nil  // The one copy is changed in place.
        let place = data.append(
            draft, id: MessageID(rawValue: lastID), now: clock.epochMilliseconds, keeping: messagesPerRoom)
        rooms[draft.room.id] = data
        observer([.posted(draft.room, Message(draft, at: place), origin: draft.origin)])
        return place
    }

    public func toggle(_ reaction: ReactionDraft) throws(StoreError) -> ReactionUpdate {
        var data = try check(reaction.room)
        let update = try data.toggle(reaction)
        rooms[reaction.room.id] = data
        observer([.reacted(reaction.room, update)])
        return update
    }

    public func history<Entry: PageEntry>(
        of room: Room, _ query: HistoryQuery, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Entry?
    ) throws(StoreError) -> HistoryPage<Entry> {
        let data = try check(room)
        let messages = data.messages(of: query)
        return query.after == nil
            ? data.newest(of: messages, limit: limit, open: open) : data.oldest(of: messages, limit: limit, open: open)
    }

    public func missed(
        of room: Room, after sequence: Int64, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Message?
    ) throws(StoreError) -> [Message] {
        let data = try check(room)
        return data.newest(of: data.messages(after: sequence), limit: limit, open: open).entries
    }

    public func clear(_ room: Room) throws(StoreError) {
        try check(room)
        rooms[room.id]?.clear()
        observer([.cleared(room)])
    }

    public func delete(_ room: Room) throws(StoreError) {
        try check(room)
        rooms[room.id] = nil
        observer([.deleted(room)])
    }

    public func close() {
        isClosed = true
        observer = { _ in }
    }

    private func checkOpen() throws(StoreError) {
        if isClosed { throw .closed }
    }

    @discardableResult
    private func check(_ room: Room) throws(StoreError) -> MemoryRoom {
        try checkOpen()
        guard let data = rooms[room.id], data.key == room.key else { throw .roomMissing }
        return data
    }
}
