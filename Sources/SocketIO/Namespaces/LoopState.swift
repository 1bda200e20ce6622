import EventLoops
import JSON
import Metrics

/// What one server keeps for one loop.
///
/// Sendable because every variable is touched on the loop's thread only.
final class LoopState: @unchecked Sendable {
    let loop: any EventLoop
    // What every packet asks of the options.
    let jsonLimits: JSONLimits
    let maxAttachments: Int
    let usesMessagePack: Bool
    /// All connections of the loop, joined or not.
    private(set) var connections: ContiguousArray<Connection> = []
    let received = LoopCounter()
    let sent = LoopCounter()
    private var scratch: [UInt8] = []
    private var spare: EventStorage?

    private static let keptScratch = 64 << 10

    init(loop: any EventLoop, options: ServerOptions) {
        self.loop = loop
        jsonLimits = options.jsonLimits
        maxAttachments = options.maxAttachments
        usesMessagePack = options.parser == .messagePack
    }

    func add(_ connection: Connection) {
        connection.place = Int32(connections.count)
        connections.append(connection)
    }

    func remove(_ connection: Connection) {
        guard connection.place >= 0, let last = connections.last else { return }
        connections[Int(connection.place)] = last
        last.place = connection.place
        connection.place = -1
        connections.removeLast()
    }

    /// An empty buffer to write a packet into; to be given back.
    func takeScratch() -> [UInt8] {
        var taken: [UInt8] = []
        swap(&taken, &scratch)
        taken.removeAll(keepingCapacity: true)
        return taken
    }

    func giveBack(_ buffer: [UInt8]) {
        if buffer.capacity <= Self.keptScratch { scratch = buffer }
    }

    /// Storage for one event; the one of the last event, where nobody kept that.
    func takeStorage() -> EventStorage {
        guard let taken = spare else { return EventStorage() }
        spare = nil
        return taken
    }

    func giveBack(_ storage: inout EventStorage) {
        if isKnownUniquelyReferenced(&storage), storage.isWorthKeeping { spare = storage }
    }
}

extension EventLoop {
    /// Runs `work` now where this is the loop, and posts it otherwise; `false` where the loop has ended.
    ///
    /// What follows an `await` of the application's code goes through this: a closure with a capture list forgets which
    /// executor it was called on (Swift 6.3), and then does not come back to the loop by itself.
    @discardableResult
    func perform(_ work: @escaping @Sendable () -> Void) -> Bool {
        guard isCurrent else { return execute(work) }
        work()
        return true
    }
}
