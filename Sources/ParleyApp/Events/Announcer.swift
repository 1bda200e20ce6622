import Chat
import EventLoops
import SocketIO

/// Tells rooms who comes, goes and types: at once where that is seldom, and gathered where many do at a time, for each of
/// them would be told to all the others.
///
/// Whatever one room is told goes through one loop, and who is there is looked up on that loop when it is told: were each
/// loop to tell what it knows, the newest word of one could reach members before an older word of another.
///
/// `@unchecked Sendable` because it is touched on its loop only.
final class Announcer: TimerTarget, @unchecked Sendable {
    /// How often a room is told.
    struct Pace: Sendable {
        /// Between two times, in the long run.
        let interval: Duration
        /// Times at once, after a rest.
        let burst: Int
    }

    private struct RoomState {
        var bucket: TokenBucket
        var waiting: (room: Room, news: GatheredNews)?
    }

    private let chat: Chat
    private let namespace: Namespace
    let loop: any EventLoop
    private let interval: Duration
    private let limit: RateLimit
    private var rooms: [RoomKey: RoomState] = [:]
    private var waiting: [RoomKey] = []
    /// At so many rooms those that are at rest are forgotten.
    private var roomsToSweep = 1000

    init(chat: Chat, namespace: Namespace, loop: any EventLoop, pace: Pace) {
        self.chat = chat
        self.namespace = namespace
        self.loop = loop
        interval = pace.interval
        limit = RateLimit(perSecond: 1 / (pace.interval / .seconds(1)), burst: Double(pace.burst))
    }

    /// Tells a room now, or soon.
    func announce(_ news: Announcement, in room: Room) {
        var state = rooms[room.key] ?? RoomState(bucket: TokenBucket(limit, at: milliseconds))
        defer { keep(state, of: room.key) }
        if state.waiting == nil, state.bucket.take(limit, at: milliseconds) == nil {
            var told = GatheredNews()
            told.add(news)
            return tell(room) { told.write(room, chat, to: &$0) }
        }
        if state.waiting == nil {
            state.waiting = (room, GatheredNews())
            waiting.append(room.key)
            if waiting.count == 1 { loop.schedule(after: interval, self) }
        }
        state.waiting?.news.add(news, isTold: true)
        if case .joined(let user, let isNew, let connection) = news { welcome(user, isNew, connection, in: room) }
    }

    func timerFired(_ token: TimerToken) {
        let due = waiting
        waiting = []
        for key in due {
            guard var state = rooms[key], let (room, news) = state.waiting else { continue }
            if state.bucket.take(limit, at: milliseconds) == nil {
                state.waiting = nil
                tell(room) { news.write(room, chat, to: &$0) }
            } else {
                waiting.append(key)
            }
            rooms[key] = state
        }
        if !waiting.isEmpty { loop.schedule(after: interval, self) }
    }

    private var milliseconds: Int64 { Int64(loop.now.nanoseconds / 1_000_000) }

    private func tell(_ room: Room, _ write: (inout EventBatch) -> Void) {
        var batch = namespace.makeBatch()
        write(&batch)
        batch.deliver()
    }

    /// The newcomer hears at once what the others hear later.
    private func welcome(_ user: UserID, _ isNew: Bool, _ connection: String, in room: Room) {
        tell(room) { batch in
            if isNew { batch.emit(to: connection, "status", ChatEvents.welcome(user, in: room)) }
            batch.emit(to: connection, "online_count", ChatEvents.online(chat.online(in: room), in: room))
        }
    }

    private func keep(_ state: RoomState, of key: RoomKey) {
        rooms[key] = state
        guard rooms.count >= roomsToSweep else { return }
        let now = milliseconds
        rooms = rooms.filter { $0.value.waiting != nil || $0.value.bucket.level(limit, at: now) < limit.burst }
        roomsToSweep = max(1000, 2 * rooms.count)
    }
}
