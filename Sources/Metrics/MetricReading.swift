/// What a metric is at a moment.
public struct MetricReading: Sendable {
    /// One value with its labels.
    public struct Value: Sendable {
        public let labels: [(name: String, value: String)]
        public let value: Double
    }

    /// What is known of how values are spread.
    public struct Spread: Sendable, Equatable {
        public let count: Int
        public let sum: Double
        /// The bounds below which half, 95 and 99 of 100 values lie; `nil` where there is no value, or it is beyond the last
        /// bound.
        public let median: Double?
        public let p95: Double?
        public let p99: Double?
    }

    public let name: String
    public let kind: MetricFamily.Kind
    public let values: [Value]
    /// Of a histogram.
    public let spread: Spread?
}

extension MetricsRegistry {
    /// What everything is now. Calls what was given to `add`, on the caller's thread.
    public var readings: [MetricReading] {
        all.map { family in
            switch family.content {
            case .samples(let read):
                MetricReading(
                    name: family.name, kind: family.kind,
                    values: read().map { MetricReading.Value(labels: $0.labels, value: $0.value) }, spread: nil)
            case .histogram(let histogram):
                MetricReading(name: family.name, kind: family.kind, values: [], spread: histogram.spread)
            }
        }
    }
}

extension Histogram {
    /// How the values are spread.
    public var spread: MetricReading.Spread {
        let counts = cumulative
        func bound(_ share: Double) -> Double? {
            guard let all = counts.last, all > 0 else { return nil }
            let wanted = (Double(all) * share).rounded(.up)
            guard let index = counts.firstIndex(where: { Double($0) >= wanted }), index < bounds.count else {
                return nil
            }
            return Double(bounds[index]) / scale
        }
        return MetricReading.Spread(
            count: counts.last ?? 0, sum: Double(sum) / scale, median: bound(0.5), p95: bound(0.95), p99: bound(0.99))
    }
}
