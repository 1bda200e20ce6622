/// How often values of which size came; any thread adds, without a lock.
public final class Histogram: Sendable {
    /// The upper bounds of the buckets, growing; one more takes what is larger.
    public let bounds: [Int]
    /// How many of the unit of `bounds` make one of the unit that is shown: 1,000,000 for microseconds shown as seconds.
    public let scale: Double
    private let counts: [Counter]
    private let total = Counter()

    /// - Parameters:
    ///   - bounds: growing.
    ///   - scale: what values and bounds are divided by when they are shown.
    public init(bounds: [Int], scale: Double = 1) {
        self.bounds = bounds.sorted()
        self.scale = scale
        counts = (0...bounds.count).map { _ in Counter() }
    }

    /// Counts one value.
    public func observe(_ value: Int) {
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts[index].add()
        total.add(value)
    }

    /// How many values came.
    public var count: Int { counts.reduce(0) { $0 + $1.value } }

    /// The values' sum.
    public var sum: Int { total.value }

    /// How many values came that are not larger than each bound, and how many in all.
    public var cumulative: [Int] {
        var sum = 0
        return counts.map { counter in
            sum += counter.value
            return sum
        }
    }
}
