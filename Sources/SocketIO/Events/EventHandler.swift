import Bytes
import Synchronization

/// Names a handler, so that it can be taken away again.
public struct HandlerToken: Hashable, Sendable {
    let number: UInt32

    private static let last = Atomic<UInt32>(0)

    /// The next token, unique in the process for four thousand million handlers.
    static func next() -> HandlerToken {
        HandlerToken(number: last.wrappingAdd(1, ordering: .relaxed).newValue)
    }
}

/// What an event calls: directly on the loop, or in a task on it.
enum EventHandler: Sendable {
    case sync(@Sendable (SocketEvent) throws -> Void)
    case async(Async)

    typealias Async = nonisolated(nonsending) @Sendable (SocketEvent) async throws -> Void
}

/// The handlers of one socket or namespace in the order of their registration.
///
/// A plain array: a socket has few, and a comparison of hashes costs less than a look-up in a dictionary.
struct HandlerList: Sendable {
    struct Entry: Sendable {
        let hash: UInt32
        let token: HandlerToken
        let name: String
        let handler: EventHandler
        let isOnce: Bool
    }

    private(set) var entries: [Entry] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func add(_ name: String, _ handler: EventHandler, token: HandlerToken, isOnce: Bool) {
        // Exactly enough for the few that most sockets have.
        if entries.count < 8 { entries.reserveCapacity(entries.count + 1) }
        entries.append(
            Entry(hash: EventName.hash(name), token: token, name: name, handler: handler, isOnce: isOnce))
    }

    mutating func remove(_ token: HandlerToken) { entries.removeAll { $0.token == token } }

    mutating func remove(named name: String) { entries.removeAll { $0.name.utf8.elementsEqual(name.utf8) } }

    func contains(named name: String) -> Bool { entries.contains { $0.name.utf8.elementsEqual(name.utf8) } }
}

/// Handlers that hear every event, in order.
struct CatchAllList: Sendable {
    private(set) var entries: [(token: HandlerToken, handler: EventHandler)] = []

    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ handler: EventHandler, token: HandlerToken) { entries.append((token, handler)) }

    mutating func prepend(_ handler: EventHandler, token: HandlerToken) { entries.insert((token, handler), at: 0) }

    mutating func remove(_ token: HandlerToken?) {
        if let token { entries.removeAll { $0.token == token } } else { entries = [] }
    }
}
