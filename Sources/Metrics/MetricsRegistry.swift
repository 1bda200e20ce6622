import Bytes

/// All that a program counts, as the text that Prometheus reads.
///
/// Filled at the start; nothing is computed until somebody asks for the text.
public final class MetricsRegistry: Sendable {
    /// The media type of `text` (Prometheus text format 0.0.4).
    public static let contentType = "text/plain; version=0.0.4; charset=utf-8"

    private let families = Locked<[MetricFamily]>([])

    public init() {}

    /// Shows what `read` gives, under a name of letters, digits and `_`; names are given once.
    public func add(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String,
        _ read: @escaping @Sendable () -> [MetricFamily.Sample]
    ) {
        families.withLock {
            $0.append(MetricFamily(name: name, help: help, kind: kind, content: .samples(read)))
        }
    }

    /// Shows one number.
    public func add(
        _ name: String, _ kind: MetricFamily.Kind, _ help: String, number read: @escaping @Sendable () -> Int
    ) {
        add(name, kind, help) { [MetricFamily.Sample(read())] }
    }

    /// Shows a histogram.
    public func add(_ name: String, _ help: String, _ histogram: Histogram) {
        families.withLock {
            $0.append(MetricFamily(name: name, help: help, kind: .histogram, content: .histogram(histogram)))
        }
    }

    var all: [MetricFamily] { families.withLock { $0 } }

    /// What everything is now. Calls what was given to `add`, on the caller's thread.
    public var text: [UInt8] {
        var text = MetricsText()
        for family in all { text.append(family) }
        return text.bytes
    }
}
