/// A hashed timer wheel: scheduling and cancelling take constant time however many timers wait.
///
/// Time goes in ticks (10 ms by default); a timer fires at the first tick that is not before its deadline, timers of one
/// tick in the order in which they were scheduled. Belongs to one loop, which calls `advance(to:)` when `nextDue` has come.
public final class TimerWheel {
    /// A timer, or a free place in `nodes`.
    private struct Node {
        /// Kept until the timer fires or is cancelled. Not weak: counting the owners of an object that was ever referenced
        /// weakly takes several times as long from then on, and targets are what every frame passes through.
        var target: (any TimerTarget)?
        /// The tick at which the timer fires.
        var tick: UInt64 = 0
        /// Grows each time the place is given away, so that an old token names nothing.
        var generation: UInt32 = 0
        var previous: Int32 = none
        var next: Int32 = none
        var isScheduled = false
    }

    private struct Slot {
        var first: Int32 = none
        var last: Int32 = none
    }

    private static let none: Int32 = -1

    private let tickLength: UInt64
    private let origin: MonotonicTime
    private let mask: UInt64
    private var slots: [Slot]
    /// One bit a slot: whether it holds a timer.
    private var occupied: [UInt64]
    private var nodes: [Node] = []
    private var firstFree: Int32 = none
    /// The last tick that `advance` has dealt with.
    private var currentTick: UInt64 = 0
    private var due: [TimerToken] = []

    /// How many timers wait.
    public private(set) var count = 0

    /// - Parameters:
    ///   - start: the time of tick 0.
    ///   - tickMilliseconds: how precise timers are; default 10.
    ///   - slotCount: rounded up to a power of two, at least 64; a timer further away than all slots together costs one
    ///     visit a revolution. Default 4,096 (41 seconds).
    public init(start: MonotonicTime, tickMilliseconds: Int = 10, slotCount: Int = 4096) {
        precondition(tickMilliseconds > 0, "a tick lasts at least one millisecond")
        origin = start
        tickLength = UInt64(tickMilliseconds) * 1_000_000
        var size = 64
        while size < slotCount { size *= 2 }
        mask = UInt64(size - 1)
        slots = Array(repeating: Slot(), count: size)
        occupied = Array(repeating: 0, count: size / 64)
    }

    /// Remembers to call `target`, which it keeps until then, once `deadline` has come.
    public func schedule(at deadline: MonotonicTime, _ target: any TimerTarget) -> TimerToken {
        let place = takePlace()
        let tick = max(tick(notBefore: deadline), currentTick + 1)
        nodes[Int(place)].target = target
        nodes[Int(place)].tick = tick
        nodes[Int(place)].isScheduled = true
        link(place, into: Int(tick & mask))
        count += 1
        return token(place)
    }

    /// Forgets a timer; `false` where it has fired or was cancelled already.
    @discardableResult
    public func cancel(_ token: TimerToken) -> Bool {
        guard let place = place(of: token) else { return false }
        remove(place)
        return true
    }

    /// The time at which `advance` next has something to look at, or `nil` while no timer waits.
    public var nextDue: MonotonicTime? {
        guard count > 0 else { return nil }
        return time(of: nextOccupiedTick())
    }

    /// The time at which a timer for `deadline` would fire.
    public func firingTime(for deadline: MonotonicTime) -> MonotonicTime {
        time(of: max(tick(notBefore: deadline), currentTick + 1))
    }

    /// Fires what is due at `now`. Targets may schedule and cancel while they are called.
    public func advance(to now: MonotonicTime) {
        let last = now < origin ? 0 : (now.nanoseconds - origin.nanoseconds) / tickLength
        while currentTick < last {
            guard count > 0 else {
                currentTick = last
                return
            }
            let tick = nextOccupiedTick()
            guard tick <= last else {
                currentTick = last
                return
            }
            currentTick = tick
            fire(tick)
        }
    }

    /// Forgets every timer, and lets go of their targets: at the end of the loop.
    public func removeAll() {
        for place in nodes.indices where nodes[place].isScheduled { remove(Int32(truncatingIfNeeded: place)) }
    }

    private func fire(_ tick: UInt64) {
        var place = slots[Int(tick & mask)].first
        while place != Self.none {
            if nodes[Int(place)].tick <= tick { due.append(token(place)) }
            place = nodes[Int(place)].next
        }
        // A target may call back into the wheel, so the list of this tick is kept apart while it is walked.
        var firing: [TimerToken] = []
        swap(&firing, &due)
        for token in firing {
            guard let place = self.place(of: token) else { continue }
            let target = nodes[Int(place)].target
            remove(place)
            target?.timerFired(token)
        }
        firing.removeAll(keepingCapacity: firing.capacity <= 1024)
        swap(&firing, &due)
    }
}

// MARK: - Ticks

extension TimerWheel {
    private func tick(notBefore deadline: MonotonicTime) -> UInt64 {
        guard deadline > origin else { return 0 }
        let distance = deadline.nanoseconds - origin.nanoseconds
        return distance / tickLength + (distance % tickLength == 0 ? 0 : 1)
    }

    private func time(of tick: UInt64) -> MonotonicTime {
        let (distance, far) = tick.multipliedReportingOverflow(by: tickLength)
        let (sum, over) = origin.nanoseconds.addingReportingOverflow(distance)
        return MonotonicTime(nanoseconds: far || over ? .max : sum)
    }

    /// The first tick after the current one whose slot holds a timer (perhaps of a later revolution). Needs `count > 0`.
    private func nextOccupiedTick() -> UInt64 {
        let start = Int((currentTick + 1) & mask)
        let words = occupied.count
        for step in 0...words {
            let word = (start / 64 + step) % words
            var bits = occupied[word]
            if step == 0 { bits &= ~0 << UInt64(start % 64) }
            if step == words { bits &= ~(~0 << UInt64(start % 64)) }
            guard bits != 0 else { continue }
            let slot = UInt64(word * 64 + bits.trailingZeroBitCount)
            return currentTick + 1 + ((slot &- UInt64(start)) & mask)
        }
        return currentTick + 1
    }
}

// MARK: - Places

extension TimerWheel {
    private func token(_ place: Int32) -> TimerToken {
        TimerToken(id: UInt64(nodes[Int(place)].generation) << 32 | UInt64(UInt32(bitPattern: place)))
    }

    private func place(of token: TimerToken) -> Int32? {
        let index = Int(token.id & 0xffff_ffff)
        guard index < nodes.count else { return nil }
        let isCurrent = nodes[index].isScheduled && UInt64(nodes[index].generation) == token.id >> 32
        return isCurrent ? Int32(index) : nil
    }

    private func takePlace() -> Int32 {
        let place: Int32
        if firstFree == Self.none {
            place = Int32(nodes.count)
            nodes.append(Node())
        } else {
            place = firstFree
            firstFree = nodes[Int(place)].next
        }
        // From 1, so that a token of zero never names a timer.
        nodes[Int(place)].generation = nodes[Int(place)].generation == .max ? 1 : nodes[Int(place)].generation + 1
        return place
    }

    private func link(_ place: Int32, into slot: Int) {
        let last = slots[slot].last
        nodes[Int(place)].previous = last
        nodes[Int(place)].next = Self.none
        if last == Self.none {
            slots[slot].first = place
            occupied[slot / 64] |= 1 << UInt64(slot % 64)
        } else {
            nodes[Int(last)].next = place
        }
        slots[slot].last = place
    }

    private func remove(_ place: Int32) {
        let slot = Int(nodes[Int(place)].tick & mask)
        let (previous, next) = (nodes[Int(place)].previous, nodes[Int(place)].next)
        if previous == Self.none { slots[slot].first = next } else { nodes[Int(previous)].next = next }
        if next == Self.none { slots[slot].last = previous } else { nodes[Int(next)].previous = previous }
        if slots[slot].first == Self.none { occupied[slot / 64] &= ~(1 << UInt64(slot % 64)) }
        nodes[Int(place)].target = nil
        nodes[Int(place)].isScheduled = false
        nodes[Int(place)].previous = Self.none
        nodes[Int(place)].next = firstFree
        firstFree = place
        count -= 1
    }
}
