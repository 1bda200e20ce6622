/// Writes the Prometheus text format 0.0.4.
struct MetricsText {
    private(set) var bytes: [UInt8] = []

    mutating func append(_ family: MetricFamily) {
        append("# HELP \(family.name) \(Self.escaped(family.help, quotes: false))\n")
        append("# TYPE \(family.name) \(family.kind.rawValue)\n")
        switch family.content {
        case .samples(let read):
            for sample in read() { append(family.name, sample.labels, sample.value) }
        case .histogram(let histogram): append(family.name, histogram)
        }
    }

    private mutating func append(_ name: String, _ histogram: Histogram) {
        let counts = histogram.cumulative
        for (bound, count) in zip(histogram.bounds, counts) {
            append("\(name)_bucket", [("le", Self.number(Double(bound) / histogram.scale))], Double(count))
        }
        // Of one moment: the last bucket and the count must be the same.
        let count = Double(counts.last ?? 0)
        append("\(name)_bucket", [("le", "+Inf")], count)
        append("\(name)_sum", [], Double(histogram.sum) / histogram.scale)
        append("\(name)_count", [], count)
    }

    private mutating func append(_ name: String, _ labels: [(name: String, value: String)], _ value: Double) {
        append(name)
        if !labels.isEmpty {
            let pairs = labels.map { "\($0.name)=\"\(Self.escaped($0.value, quotes: true))\"" }
            append("{\(pairs.joined(separator: ","))}")
        }
        append(" \(Self.number(value))\n")
    }

    private mutating func append(_ text: String) { bytes.append(contentsOf: text.utf8) }

    /// Backslash and line feed are escaped, in the values of labels the quotation mark too.
    static func escaped(_ text: String, quotes: Bool) -> String {
        var escaped = ""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\\": escaped += "\\\\"
            case "\n": escaped += "\\n"
            case "\"" where quotes: escaped += "\\\""
            default: escaped.unicodeScalars.append(scalar)
            }
        }
        return escaped
    }

    static func number(_ value: Double) -> String {
        if value.isNaN { return "NaN" }
        if value.isInfinite { return value < 0 ? "-Inf" : "+Inf" }
        // Whole numbers are written as such as far as a Double has them all.
        if let whole = Int64(exactly: value), abs(value) < 9e15 { return String(whole) }
        return String(value)
    }
}
