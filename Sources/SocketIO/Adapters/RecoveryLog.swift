import Bytes
import EngineIO
import EventLoops
import JSON

/// The events of one namespace in one order, and the clients that may come back for them (socketio connection state
/// recovery).
///
/// Offsets are given and events are put into every loop's queue under one lock, so each loop sends them in the order of
/// their offsets: a client that has an offset has everything before it.
final class RecoveryLog: Sendable {
    let options: RecoveryOptions
    let context: ServerContext
    let state: Locked<State>

    enum Delivery: Sendable {
        case event(WireForm, BroadcastItem)
        /// What is done to sockets between two events: no event overtakes it, nor the other way round.
        case work(@Sendable (NamespaceShard) -> Void)
    }

    struct Session {
        let session: RecoveredSession
        let expires: MonotonicTime
    }

    struct State {
        var events: EventLog
        /// What each loop has still to send.
        var queues: [[Delivery]] = []
        /// Whether a drain is posted to the loop.
        var isPosted: [Bool] = []
        var sessions: [String: Session] = [:]
        /// The sessions in the order in which they expire; some may be gone.
        var expiring: [(privateID: String, expires: MonotonicTime)] = []
        var firstExpiring = 0
        /// The connected sockets by private id.
        var live: [String: Socket] = [:]
    }

    init(_ options: RecoveryOptions, context: ServerContext) {
        self.options = options
        self.context = context
        // A start that no earlier process used: offsets of that would be taken for ours otherwise.
        let start = context.random.bytes(4).reduce(UInt64(1)) { $0 << 8 | UInt64($1) } << 20
        state = Locked(State(events: EventLog(start: start, options: options)))
    }

    // MARK: Sending

    /// Gives each event its offset and sends it. On a loop its own clients have it queued at the return.
    func broadcast(_ items: [BroadcastItem], on shards: [NamespaceShard]) {
        guard let now = shards.first?.loop.now else { return }
        handOut(on: shards) { state in
            for item in items { enqueue(item, now: now, in: &state) }
        }
    }

    /// Does something on each loop, in one order with the events: here at once, where this is a loop.
    func perform(on shards: [NamespaceShard], _ work: @escaping @Sendable (NamespaceShard) -> Void) {
        handOut(on: shards) { state in
            for index in state.queues.indices { state.queues[index].append(.work(work)) }
        }
    }

    /// Fills the loops' queues, and has each loop empty its own.
    private func handOut(on shards: [NamespaceShard], _ fill: (inout State) -> Void) {
        let own = shards.firstIndex { $0.loop.isCurrent }
        let toWake: [Int] = state.withLock { state in
            state.prepareQueues(shards.count)
            fill(&state)
            let waiting = state.queues.indices.filter { $0 != own && !state.queues[$0].isEmpty && !state.isPosted[$0] }
            for index in waiting { state.isPosted[index] = true }
            return waiting
        }
        for index in toWake {
            let shard = shards[index]
            shard.loop.execute { [self] in drain(shard) }
        }
        if let own { drain(shards[own]) }
    }

    private func enqueue(_ item: BroadcastItem, now: MonotonicTime, in state: inout State) {
        // A volatile event is not kept. It shows the offset before it, for clients take the last text of any event for
        // one.
        var item = item
        item.packet = state.events.stamp(item, isKept: !item.target.flags.isVolatile, now: now)
        let delivery = Delivery.event(context.wire(item.packet), item)
        if let only = item.target.only {
            state.queues[only.shard.loop.index].append(delivery)
        } else {
            for index in state.queues.indices { state.queues[index].append(delivery) }
        }
    }

    /// Sends what is queued for the shard's loop, on that loop. A call from within ends at once: the outer one goes on.
    func drain(_ shard: NamespaceShard) {
        guard !shard.isDraining else { return }
        shard.isDraining = true
        defer { shard.isDraining = false }
        let index = shard.loop.index
        while true {
            let batch: [Delivery] = state.withLock { state in
                guard index < state.queues.count else { return [] }
                state.isPosted[index] = false
                return state.takeQueue(index)
            }
            if batch.isEmpty { return }
            for delivery in batch { perform(delivery, shard) }
        }
    }

    private func perform(_ delivery: Delivery, _ shard: NamespaceShard) {
        switch delivery {
        case .work(let work): work(shard)
        case .event(let wire, let item):
            shard.deliver(wire.copy(.init(item.target.flags)), item.packet, to: item.target)
            item.delivered?(shard.loop)
        }
    }

    // MARK: Sockets

    /// Takes a socket in: from here on the queues bring it what comes.
    func admit(_ socket: Socket, recovering session: RecoveredSession?) -> SocketAdmission? {
        let shard = socket.shard
        let privateID = socket.extras?.privateID
        let admitted: (missed: [EventLog.Entry], pending: [Delivery], offset: UInt64)? = state.withLock { state in
            guard let missed = state.events.entries(after: session?.offset ?? state.events.last) else { return nil }
            if let privateID { state.live[privateID] = socket }
            state.prepareQueues(shard.loop.index + 1)
            return (missed, state.takeQueue(shard.loop.index), state.events.last)
        }
        guard let admitted else { return nil }
        // What was queued up to now is in the log as well: it goes to the others before the socket has its rooms.
        for delivery in admitted.pending { perform(delivery, shard) }
        guard let session else { return SocketAdmission(offset: OffsetText.text(admitted.offset)) }
        // Asked now: who was put out of a room before one of these events came is told none of them.
        let rooms = Set(session.keptRooms)
        let missed = admitted.missed.filter { $0.isFor(rooms) }.map(\.packet)
        return SocketAdmission(missed: missed, offset: nil)
    }

    func socketEnds(_ socket: Socket, reason: DisconnectReason) {
        guard let privateID = socket.extras?.privateID else { return }
        let now = socket.shard.loop.now
        var session: RecoveredSession?
        if reason.isRecoverable {
            session = RecoveredSession(
                id: socket.id, privateID: privateID, rooms: socket.currentRooms,
                data: socket.extras?.data.json ?? .object([]))
        }
        state.withLock { state in
            if state.live[privateID] === socket { state.live[privateID] = nil }
            if let session { keep(session, now: now, in: &state) }
        }
    }

    private func keep(_ session: RecoveredSession, now: MonotonicTime, in state: inout State) {
        state.dropExpired(now: now)
        while state.sessions.count >= max(options.maxSessions, 1) { state.dropOldest() }
        let expires = now + options.maxDisconnectionDuration
        state.sessions[session.privateID] = Session(session: session, expires: expires)
        state.expiring.append((session.privateID, expires))
    }

    /// The session of an absent client, which is used up by this. One that is still connected, on a connection that
    /// nobody noticed to be dead, is closed first.
    func restore(privateID: String, offset: String, now: MonotonicTime) async -> RecoveredSession? {
        if let old = state.withLock({ $0.live[privateID] }) {
            await old.run { $0.connection.close(.forcedServerClose) }
        }
        return state.withLock { state in
            guard let kept = state.sessions.removeValue(forKey: privateID), kept.expires > now,
                let number = OffsetText.number(offset), state.events.reaches(number)
            else { return nil }
            var session = kept.session
            session.offset = number
            return session
        }
    }
}

extension RecoveryLog.State {
    mutating func prepareQueues(_ count: Int) {
        while queues.count < count {
            queues.append([])
            isPosted.append(false)
        }
    }

    mutating func takeQueue(_ index: Int) -> [RecoveryLog.Delivery] {
        var taken: [RecoveryLog.Delivery] = []
        swap(&taken, &queues[index])
        return taken
    }

    mutating func dropExpired(now: MonotonicTime) {
        while firstExpiring < expiring.count, expiring[firstExpiring].expires <= now { dropOldest() }
    }

    /// Forgets the session that expires first.
    mutating func dropOldest() {
        guard firstExpiring < expiring.count else {
            sessions = [:]
            return
        }
        let (privateID, expires) = expiring[firstExpiring]
        firstExpiring += 1
        // A later session may have the same private id.
        if sessions[privateID]?.expires == expires { sessions[privateID] = nil }
        if firstExpiring > 64, firstExpiring * 2 > expiring.count {
            expiring.removeFirst(firstExpiring)
            firstExpiring = 0
        }
    }
}
