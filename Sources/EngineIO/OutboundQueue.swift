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

    init(limit: Int) { self.limit = limit }

    var isEmpty: Bool { items.isEmpty }

    /// `false` where the bound would be passed, and then nothing is added. An empty queue takes any one item.
    mutating func append(_ item: EngineOutgoing) -> Bool {
        let cost = item.cost
        guard items.isEmpty || bytes + cost <= limit else { return false }
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
        return taken
    }

    /// Takes everything, in order.
    mutating func drain() -> [EngineOutgoing] {
        bytes = 0
        defer { items = [] }
        return items
    }
}
