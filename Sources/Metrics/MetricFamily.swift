/// A name with the samples that it has at a moment.
public struct MetricFamily: Sendable {
    /// What Prometheus calls the type.
    public enum Kind: String, Sendable {
        /// Only grows, until the process ends.
        case counter
        case gauge
        case histogram
    }

    /// One value, with the labels that tell it from others of its name.
    public struct Sample: Sendable {
        let labels: [(name: String, value: String)]
        let value: Double

        /// - Parameters:
        ///   - labels: names of letters, digits and `_`; values of any text.
        public init(_ value: Double, _ labels: KeyValuePairs<String, String> = [:]) {
            self.value = value
            self.labels = labels.map { ($0.key, $0.value) }
        }

        /// The same of a whole number.
        public init(_ value: Int, _ labels: KeyValuePairs<String, String> = [:]) { self.init(Double(value), labels) }
    }

    enum Content: Sendable {
        case samples(@Sendable () -> [Sample])
        case histogram(Histogram)
    }

    let name: String
    let help: String
    let kind: Kind
    let content: Content
}
