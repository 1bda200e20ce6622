import Bytes
import EventLoops

/// Token buckets, one for each caller: so many at once, refilled evenly over a minute.
///
/// Bounded: at `capacity` callers those are forgotten whose buckets are full again, and then those whose buckets are fullest.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Int64
    }

    private let perMinute: Double
    private let isOff: Bool
    private let capacity: Int
    private let clock: any WallClock
    private let buckets = Locked<[Subscriber: Bucket]>([:])

    init(perMinute: Int, isOff: Bool, clock: any WallClock, capacity: Int = 100_000) {
        self.perMinute = Double(perMinute)
        self.isOff = isOff
        self.clock = clock
        self.capacity = capacity
    }

    /// `nil` where the caller may go on, else after how many seconds to try again.
    func take(_ address: String) -> Int? {
        if isOff { return nil }
        let caller = Subscriber(address)
        let now = clock.epochMilliseconds
        return buckets.withLock { buckets in
            if buckets.count >= capacity, buckets[caller] == nil { makeRoom(&buckets, now) }
            var bucket = buckets[caller] ?? Bucket(tokens: perMinute, filled: now)
            bucket.tokens = tokens(of: bucket, at: now)
            bucket.filled = now
            defer { buckets[caller] = bucket }
            guard bucket.tokens >= 1 else {
                return max(1, Int(((1 - bucket.tokens) * 60 / perMinute).rounded(.up)))
            }
            bucket.tokens -= 1
            return nil
        }
    }

    private func tokens(of bucket: Bucket, at now: Int64) -> Double {
        min(perMinute, bucket.tokens + Double(max(0, now - bucket.filled)) * perMinute / 60_000)
    }

    /// Makes room for a tenth of the callers, so that this is not done again for the next one.
    private func makeRoom(_ buckets: inout [Subscriber: Bucket], _ now: Int64) {
        buckets = buckets.filter { tokens(of: $0.value, at: now) < perMinute }
        let excess = buckets.count - capacity * 9 / 10
        guard excess > 0 else { return }
        // All of them are in use: those who spent least gain least by being forgotten.
        let fullest = buckets.sorted { tokens(of: $0.value, at: now) > tokens(of: $1.value, at: now) }
        for (caller, _) in fullest.prefix(excess) { buckets[caller] = nil }
    }
}
