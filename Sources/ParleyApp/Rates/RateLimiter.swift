import Bytes
import EventLoops
import Metrics

/// How often something may be done.
struct RateLimit: Sendable, Equatable {
    /// Times a second, in the long run.
    let rate: Double
    /// Times at once, after a rest.
    let burst: Double

    init(perSecond rate: Double, burst: Double) {
        self.rate = rate
        self.burst = burst
    }

    /// So many times at once, refilled evenly over a minute.
    init(perMinute count: Int) { self.init(perSecond: Double(count) / 60, burst: Double(count)) }

    func times(_ factor: Int) -> RateLimit {
        RateLimit(perSecond: rate * Double(factor), burst: burst * Double(factor))
    }
}

/// What one caller has left of a limit.
struct TokenBucket {
    private var tokens: Double
    private var filled: Int64

    /// A full one.
    init(_ limit: RateLimit, at now: Int64) {
        tokens = limit.burst
        filled = now
    }

    /// Takes one token; where there is none, gives after how many seconds there is.
    mutating func take(_ limit: RateLimit, at now: Int64) -> Int? {
        tokens = level(limit, at: now)
        filled = now
        // What comes in many small parts may lack the last bit of a whole one.
        guard tokens >= 1 - 1e-9 else { return max(1, Int(((1 - tokens) / limit.rate).rounded(.up))) }
        tokens = max(0, tokens - 1)
        return nil
    }

    /// Takes so many tokens where there is any, on credit where there are fewer; where there is none, gives after how many
    /// seconds there is one.
    mutating func spend(_ count: Double, _ limit: RateLimit, at now: Int64) -> Int? {
        tokens = level(limit, at: now)
        filled = now
        guard tokens > 0 else { return max(1, Int((-tokens / limit.rate).rounded(.up))) }
        tokens -= count
        return nil
    }

    /// How many tokens there are. A clock that was set back takes none away.
    func level(_ limit: RateLimit, at now: Int64) -> Double {
        min(limit.burst, tokens + Double(max(0, now - filled)) * limit.rate / 1000)
    }
}

/// Token buckets, one for each caller.
///
/// Bounded: at `capacity` callers those are forgotten whose buckets are full again, and then those whose buckets are fullest.
final class RateLimiter<Key: Hashable & Sendable>: Sendable {
    private let limit: RateLimit
    private let capacity: Int
    private let clock: any WallClock
    private let buckets = Locked<[Key: TokenBucket]>([:])
    private let refusals: Counter

    /// - Parameter refusals: counts those who were told to wait.
    init(_ limit: RateLimit, clock: any WallClock, capacity: Int, refusals: Counter = Counter()) {
        self.limit = limit
        self.refusals = refusals
        self.clock = clock
        self.capacity = capacity
    }

    /// `nil` where the caller may go on, else after how many seconds to try again.
    func take(_ caller: Key) -> Int? {
        let now = clock.epochMilliseconds
        let wait: Int? = buckets.withLock { buckets in
            if let index = buckets.index(forKey: caller) { return buckets.values[index].take(limit, at: now) }
            if buckets.count >= capacity { makeRoom(&buckets, now) }
            var bucket = TokenBucket(limit, at: now)
            defer { buckets[caller] = bucket }
            return bucket.take(limit, at: now)
        }
        if wait != nil { refusals.add() }
        return wait
    }

    /// How many callers are remembered.
    var count: Int { buckets.withLock { $0.count } }

    /// Makes room for a tenth of the callers, so that this is not done again for the next one.
    private func makeRoom(_ buckets: inout [Key: TokenBucket], _ now: Int64) {
        buckets = buckets.filter { $0.value.level(limit, at: now) < limit.burst }
        let excess = buckets.count - min(capacity - 1, capacity * 9 / 10)
        guard excess > 0 else { return }
        // All of them are in use: those who spent least gain least by being forgotten.
        let fullest = buckets.sorted { $0.value.level(limit, at: now) > $1.value.level(limit, at: now) }
        for (caller, _) in fullest.prefix(excess) { buckets[caller] = nil }
    }
}
