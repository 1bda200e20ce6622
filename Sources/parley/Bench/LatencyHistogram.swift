/// Counts times in buckets that are at most 1 % wide, whatever their magnitude.
struct LatencyHistogram {
    /// 128 steps in each doubling.
    private static let stepBits = 7
    private var buckets = [UInt32](repeating: 0, count: 64 << stepBits)
    private(set) var count = 0

    mutating func record(nanoseconds: UInt64) {
        buckets[Self.bucket(of: nanoseconds)] += 1
        count += 1
    }

    /// The time that `fraction` of all are not above, in milliseconds.
    func milliseconds(atPercentile fraction: Double) -> Double {
        let target = max(1, Int((Double(count) * fraction).rounded(.up)))
        var seen = 0
        for (index, bucket) in buckets.enumerated() where bucket > 0 {
            seen += Int(bucket)
            if seen >= target { return Double(Self.upperBound(of: index)) / 1_000_000 }
        }
        return 0
    }

    private static func bucket(of value: UInt64) -> Int {
        guard value >> UInt64(stepBits) > 0 else { return Int(value) }
        let shift = 63 - value.leadingZeroBitCount - stepBits
        return (shift + 1) << stepBits | Int(truncatingIfNeeded: value >> UInt64(shift)) & (1 << stepBits - 1)
    }

    private static func upperBound(of bucket: Int) -> UInt64 {
        let shift = bucket >> stepBits - 1
        guard shift >= 0 else { return UInt64(bucket) }
        let step = UInt64(bucket & (1 << stepBits - 1) | 1 << stepBits)
        // The last bucket ends at the largest number: the shift leaves 0 there.
        return (step + 1) << UInt64(shift) &- 1
    }
}
