import Synchronization

/// How many bytes may be kept for strangers by all parts of a program together. For any thread.
///
/// A limit for each connection bounds nothing as long as there are many connections.
public final class MemoryBudget: Sendable {
    public let limit: Int
    private let taken = Atomic<Int>(0)

    public init(limit: Int) { self.limit = limit }

    /// Has room for everything.
    public static let unlimited = MemoryBudget(limit: .max / 2)

    /// Bytes that are counted now.
    public var count: Int { taken.load(ordering: .relaxed) }

    /// Counts `count` more bytes; `false`, and nothing has changed, where there is no room for them.
    public func take(_ count: Int) -> Bool {
        if taken.add(count, ordering: .relaxed).newValue <= limit { return true }
        give(count)
        return false
    }

    /// Counts `count` bytes less.
    public func give(_ count: Int) { taken.subtract(count, ordering: .relaxed) }
}

/// One owner's part in a `MemoryBudget`. Owned by one thread at a time; its owner ends with `keep(0, of:)`.
public struct MemoryShare {
    /// Bytes that each owner may keep uncounted: what ordinary requests need, so that only large ones are refused when
    /// others have used the budget up.
    public static let free = 16 << 10

    private var counted = 0

    public init() {}

    /// Counts `total` bytes as kept, in place of what was before; `false`, and nothing has changed, where there is no room.
    public mutating func keep(_ total: Int, of budget: MemoryBudget) -> Bool {
        let wanted = max(0, total - Self.free)
        if wanted > counted {
            guard budget.take(wanted - counted) else { return false }
        } else if wanted < counted {
            budget.give(counted - wanted)
        }
        counted = wanted
        return true
    }

    /// Counts nothing as kept.
    public mutating func release(to budget: MemoryBudget) { _ = keep(0, of: budget) }
}
