public import Synchronization

/// A number that any thread raises and any thread reads, without a lock.
public final class Counter: Sendable {
    @usableFromInline let total = Atomic<Int>(0)

    public init() {}

    /// What was added so far.
    public var value: Int { total.load(ordering: .relaxed) }

    @inlinable
    public func add(_ count: Int = 1) { total.wrappingAdd(count, ordering: .relaxed) }
}

/// A number that one thread alone changes and any thread reads: as cheap as a variable.
///
/// Where several event loops count the same thing each has one of its own, and who reads adds them up.
public final class LoopCounter: Sendable {
    @usableFromInline let total = Atomic<Int>(0)

    public init() {}

    /// What was added so far.
    public var value: Int { total.load(ordering: .relaxed) }

    /// Adds `count`, which may be less than zero. On the one thread that this counter belongs to.
    @inlinable
    public func add(_ count: Int = 1) {
        // Two plain instructions: nobody else writes.
        total.store(total.load(ordering: .relaxed) &+ count, ordering: .relaxed)
    }
}
