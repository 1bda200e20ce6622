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

    /// Takes everything, in order.
    mutating func drain() -> [EngineOutgoing] {
        bytes = 0
        defer { items = [] }
        return items
    }
}
