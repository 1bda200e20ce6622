public import EventLoops
public import JSON

/// Events to rooms, in an order that every client sees: what a thread beside the loops (a store's writer) sends.
///
///     var batch = io.of("/").makeBatch()
///     for message in committed { batch.emit(to: message.room, "message", message) }
///     batch.deliver()
///
/// Each event is encoded when it is added. `deliver` makes one post to each loop; batches delivered by one thread
/// arrive in their order, and what the thread posts to a loop afterwards comes after them.
public struct EventBatch: Sendable {
    private let namespace: Namespace
    private var items: [BroadcastItem] = []

    init(namespace: Namespace) { self.namespace = namespace }

    /// How many events wait for `deliver`.
    public var count: Int { items.count }

    /// Adds an event to a room; see `Socket.emit` for what arguments may be.
    public mutating func emit<each Argument: Encodable>(
        to room: String, _ event: String, _ arguments: repeat each Argument
    ) {
        emit(to: BroadcastTarget(rooms: RoomList(room)), event, repeat each arguments)
    }

    /// Adds an event to a target.
    public mutating func emit<each Argument: Encodable>(
        to target: BroadcastTarget, _ event: String, _ arguments: repeat each Argument
    ) {
        add(event, target) { writer in repeat try writer.append(encoding: each arguments) }
    }

    /// Adds an event to a room with JSON values, which may be written as literals:
    /// `batch.emit(to: "a", "moved", ["x": 1, "by": "ann"])`.
    public mutating func emit(to room: String, _ event: String, _ first: JSONValue, _ more: JSONValue...) {
        add(event, BroadcastTarget(rooms: RoomList(room)), [first] + more)
    }

    /// Adds an event to a target with JSON values, which may be written as literals.
    public mutating func emit(to target: BroadcastTarget, _ event: String, _ first: JSONValue, _ more: JSONValue...) {
        add(event, target, [first] + more)
    }

    private mutating func add(_ event: String, _ target: BroadcastTarget, _ values: [JSONValue]) {
        add(event, target) { writer in for value in values { writer.append(value) } }
    }

    private mutating func add(
        _ event: String, _ target: BroadcastTarget, _ body: (inout PacketWriter) throws -> Void
    ) {
        guard let packet = namespace.packet(event, id: nil, body) else { return }
        items.append(BroadcastItem(packet: packet, target: target))
    }

    /// Calls `body` on each loop when the last event that was added has been delivered there, before anything else
    /// happens on that loop: a note of how far each loop has come is never ahead of its sockets nor behind them.
    public mutating func afterDelivery(_ body: @escaping @Sendable (any EventLoop) -> Void) {
        guard let last = items.indices.last else { return }
        items[last].delivered = body
    }

    /// Sends the events and leaves the batch empty.
    public mutating func deliver() {
        namespace.adapter.broadcast(items)
        items.removeAll(keepingCapacity: true)
    }
}
