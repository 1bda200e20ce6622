public import Bytes

/// What waits for a poll, or for the end of an upgrade.
public enum EngineOutgoing {
    /// A message with its attachments.
    case message(OutgoingMessage)
    /// The content of a text message for this session alone.
    case text(SharedBytes)
    /// A whole packet that is no message: type and data.
    case control([UInt8])

    /// What a message counts beside its bytes, so that empty ones are bounded too.
    static let overhead = 64

    /// How many packets it is on the wire: a message's attachments are packets of their own.
    var packetCount: Int {
        if case .message(let message) = self { return message.binaries.count + (message.text == nil ? 0 : 1) }
        return 1
    }

    var cost: Int {
        switch self {
        case .message(let message): message.byteCount + Self.overhead
        case .text(let text): text.count + Self.overhead
        case .control(let packet): packet.count + Self.overhead
        }
    }
}

/// The queue of a polling session, bounded in bytes.
struct OutboundQueue {
    private(set) var items: [EngineOutgoing] = []
    private var bytes = 0
    private let limit: Int
    private let budget: MemoryBudget
    /// Bytes that are counted there for this session alone.
    private var countedBytes = 0

    init(limit: Int, budget: MemoryBudget) {
        self.limit = limit
        self.budget = budget
    }

    var isEmpty: Bool { items.isEmpty }

    /// `false` where a bound would be passed, and then nothing is added. An empty queue takes any one item, where all
    /// queues together have room for it.
    mutating func append(_ item: EngineOutgoing) -> Bool {
        let cost = item.cost
        guard items.isEmpty || bytes + cost <= limit else { return false }
        guard count(item, cost) || bytes + cost <= MemoryShare.free else { return false }
        if case .message(let message) = item { message.holders += 1 }
        items.append(item)
        bytes += cost
        return true
    }

    /// Takes the first items that are at most `limit` packets together, one item in any case.
    mutating func take(packets limit: Int) -> [EngineOutgoing] {
        var packets = 0
        let end = items.firstIndex { item in
            packets += item.packetCount
            return packets > limit
        }
        guard let end, items.count > 1 else { return drain() }
        let taken = Array(items[..<max(end, 1)])
        items.removeFirst(taken.count)
        bytes -= taken.reduce(0) { $0 + $1.cost }
        for item in taken { release(item) }
        return taken
    }

    /// Takes everything, in order.
    mutating func drain() -> [EngineOutgoing] {
        bytes = 0
        defer { items = [] }
        for item in items { release(item) }
        return items
    }

    /// `false` where the budget has no room for the item.
    private mutating func count(_ item: EngineOutgoing, _ cost: Int) -> Bool {
        if case .message(let message) = item {
            if message.holders > 0 { return true }
            guard budget.take(cost) else { return false }
            message.countedBytes = cost
            return true
        }
        guard budget.take(cost) else { return false }
        countedBytes += cost
        return true
    }

    private mutating func release(_ item: EngineOutgoing) {
        if case .message(let message) = item {
            message.holders -= 1
            guard message.holders == 0 else { return }
            budget.give(message.countedBytes)
            message.countedBytes = 0
        } else {
            let given = min(item.cost, countedBytes)
            countedBytes -= given
            budget.give(given)
        }
    }
}
