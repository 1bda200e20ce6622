import Bytes
import EventLoops

/// Token buckets, one for each caller: so many at once, refilled evenly over a minute.
///
/// Bounded: beyond `capacity` callers the ones whose buckets are full again are forgotten.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filled: Int64
    }

    private let perMinute: Double
    private let isOff: Bool
    private let capacity: Int
    private let clock: any WallClock
    private let buckets = Locked<[String: Bucket]>([:])

    init(perMinute: Int, isOff: Bool, clock: any WallClock, capacity: Int = 100_000) {
        self.perMinute = Double(perMinute)
        self.isOff = isOff
        self.clock = clock
        self.capacity = capacity
    }

    /// `nil` where the caller may go on, else after how many seconds to try again.
    func take(_ caller: String) -> Int? {
        if isOff { return nil }
        let now = clock.epochMilliseconds
        return buckets.withLock { buckets in
            if buckets.count >= capacity, buckets[caller] == nil { forgetIdle(&buckets, now) }
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

    private func forgetIdle(_ buckets: inout [String: Bucket], _ now: Int64) {
        buckets = buckets.filter { tokens(of: $0.value, at: now) < perMinute }
        // All of them are in use: whoever spent least loses nothing by being forgotten.
        if buckets.count >= capacity, let fullest = buckets.max(by: { $0.value.tokens < $1.value.tokens }) {
            buckets[fullest.key] = nil
        }
    }
}
