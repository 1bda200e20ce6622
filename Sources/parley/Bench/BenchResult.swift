import JSON

/// What a run found.
struct BenchResult {
    var mode: BenchMode
    var clients: Int
    var rooms: Int
    var inFlight: Int
    var payload: Int
    /// How long the measured part took.
    var seconds = 0.0
    /// Units of work that were to be done, and that were.
    var expected = 0
    var completed = 0
    var lostConnections = 0
    /// Messages that reached a member of their room, and those that came twice, too late or not at all.
    var deliveries: Int?
    var violations: Int?
    /// Reactions that were given, and how often somebody began to type.
    var reactions: Int?
    var typings: Int?
    var error: String?
    var latency: LatencyHistogram?
    /// What the server used in the measured part.
    var serverMicroseconds: Double?
    /// What the server's memory grew by while the clients connected.
    var serverBytes: Double?
    /// The most that it grew by while it was loaded.
    var serverGrowth: Double?

    init(_ options: BenchOptions) {
        mode = options.mode
        clients = options.clients
        rooms = options.rooms
        inFlight = options.inFlight
        payload = options.payload
    }

    var lost: Int { max(expected - completed, 0) }
    var isWhole: Bool { lost == 0 && lostConnections == 0 && (violations ?? 0) == 0 && error == nil }
    var perSecond: Double? { seconds > 0 && mode != .idle ? Double(completed) / seconds : nil }
    var microsecondsPerUnit: Double? {
        guard let serverMicroseconds, completed > 0, mode != .idle else { return nil }
        return serverMicroseconds / Double(completed)
    }
    /// Only a growth over many clients says something.
    var kilobytesPerConnection: Double? {
        guard let serverBytes, mode != .handshake, clients >= 100 else { return nil }
        return serverBytes / 1_024 / Double(clients)
    }
    /// Percent of one core.
    var load: Double? { serverMicroseconds.flatMap { seconds > 0 ? $0 / seconds / 10_000 : nil } }

    /// Name, value, unit.
    private var rows: [(name: String, value: Double?, unit: String)] {
        [
            ("clients", Double(clients), ""),
            ("rooms", [.fanout, .rooms, .chat].contains(mode) ? Double(rooms) : nil, ""),
            ("in_flight", [.idle, .people].contains(mode) ? nil : Double(inFlight), ""),
            ("payload", [.idle, .handshake].contains(mode) ? nil : Double(payload), "bytes"),
            ("seconds", seconds, ""), ("completed", Double(completed), mode.unit), ("lost", Double(lost), mode.unit),
            ("lost_connections", Double(lostConnections), ""), ("deliveries", deliveries.map(Double.init), ""),
            ("reactions", reactions.map(Double.init), ""), ("typings", typings.map(Double.init), ""),
            ("order_violations", violations.map(Double.init), ""), ("per_second", perSecond, mode.unit + "/s"),
            ("latency_p50", latency?.milliseconds(atPercentile: 0.5), "ms"),
            ("latency_p95", latency?.milliseconds(atPercentile: 0.95), "ms"),
            ("latency_p99", latency?.milliseconds(atPercentile: 0.99), "ms"),
            ("latency_max", latency?.milliseconds(atPercentile: 1), "ms"),
            ("server_cpu_per_\(mode.unit)", microsecondsPerUnit, "µs"), ("server_load", load, "% of a core"),
            ("server_memory_per_connection", kilobytesPerConnection, "KB"),
            ("server_memory_growth", serverGrowth.map { $0 / 1_048_576 }, "MB"),
        ]
    }

    var table: String {
        var text = "\(mode.rawValue)\n"
        for row in rows {
            guard let value = row.value else { continue }
            let name = row.name.map { $0 == "_" ? " " : $0 }
            let padding = String(repeating: " ", count: max(1, 32 - name.count))
            text += "  \(String(name))\(padding)\(Self.number(value)) \(row.unit)\n"
        }
        if let error { text += "  first error: \(error)\n" }
        return text
    }

    var json: String {
        var members: [JSONValue.Member] = [.init("mode", .string(mode.rawValue))]
        for row in rows { members.append(.init(row.name, row.value.map { .double($0) } ?? .null)) }
        members.append(.init("error", error.map { .string($0) } ?? .null))
        return String(decoding: JSONPrinter.text(of: .object(members)), as: UTF8.self) + "\n"
    }

    /// With as many decimals as say something.
    static func number(_ value: Double) -> String {
        let decimals = abs(value) >= 100 ? 0 : abs(value) >= 10 ? 1 : 3
        var scale = 1
        for _ in 0..<decimals { scale *= 10 }
        let scaled = Int((value * Double(scale)).rounded())
        guard decimals > 0, scaled % scale != 0 else { return "\(scaled / scale)" }
        var fraction = String(abs(scaled % scale))
        while fraction.count < decimals { fraction = "0" + fraction }
        while fraction.hasSuffix("0") { fraction.removeLast() }
        return "\(value < 0 ? "-" : "")\(abs(scaled / scale)).\(fraction)"
    }
}
