import Bytes
import EventLoops
import JSON
import Metrics
import Network
import SocketIO

/// What the dashboard is told each second, from what the server counts anyhow.
final class AdminFigures: Sendable {
    private let registry: MetricsRegistry
    private let clock: any WallClock
    let pool: BlockingPool
    private let last = Locked<Totals?>(nil)

    /// What only grows, at a moment.
    private struct Totals {
        var time: Int64
        var messages: Double
        var received: Double
        var sent: Double
        var cpu: Double
    }

    init(_ registry: MetricsRegistry, clock: any WallClock, pool: BlockingPool) {
        self.registry = registry
        self.clock = clock
        self.pool = pool
    }

    /// The figures of now; for a thread that may wait, for some of them come from files of the system.
    func json() -> JSONValue {
        let readings = Readings(registry.readings)
        let totals = Totals(
            time: clock.epochMilliseconds, messages: readings["parley_messages_posted_total"],
            received: readings["parley_events_received_total"], sent: readings["parley_events_sent_total"],
            cpu: readings["process_cpu_seconds_total"])
        let former = last.withLock { last in
            defer { last = totals }
            return last
        }
        func rate(_ value: KeyPath<Totals, Double>) -> JSONValue {
            guard let former, totals.time > former.time else { return 0 }
            return .double(
                (totals[keyPath: value] - former[keyPath: value]) * 1_000 / Double(totals.time - former.time))
        }
        let commits = readings.spread("parley_commit_duration_seconds")
        return [
            "time": AccountJSON.time(totals.time), "connections": whole(readings["parley_connections"]),
            "sessions": [
                "polling": whole(readings["parley_sessions", "polling"]),
                "websocket": whole(readings["parley_sessions", "websocket"]),
            ],
            "messages_per_second": rate(\.messages), "events_received_per_second": rate(\.received),
            "events_sent_per_second": rate(\.sent), "cpu": rate(\.cpu),
            "resident_bytes": whole(readings["process_resident_memory_bytes"]),
            "queues": [
                "writes": whole(readings["parley_store_queue_depth", "writes"]),
                "reads": whole(readings["parley_store_queue_depth", "reads"]),
                "pages": whole(readings["parley_store_queue_depth", "pages"]),
            ],
            "commit_seconds": [
                "p50": AdminJSON.number(commits?.median), "p95": AdminJSON.number(commits?.p95),
                "p99": AdminJSON.number(commits?.p99),
            ],
            "refusals": whole(readings["parley_rate_limit_refusals_total"]),
        ]
    }

    private func whole(_ value: Double) -> JSONValue { Int64(exactly: value).map { .integer($0) } ?? .double(value) }

    /// Readings by their names.
    private struct Readings {
        private let byName: [String: MetricReading]

        init(_ readings: [MetricReading]) {
            byName = Dictionary(readings.map { ($0.name, $0) }) { first, _ in first }
        }

        subscript(name: String) -> Double { byName[name]?.values.first?.value ?? 0 }

        /// The value that has a label of this value.
        subscript(name: String, label: String) -> Double {
            byName[name]?.values.first { $0.labels.contains { $0.value == label } }?.value ?? 0
        }

        func spread(_ name: String) -> MetricReading.Spread? { byName[name]?.spread }
    }
}

/// Sends the figures each second, and the Admin UI its own each other second, while anybody listens.
///
/// `@unchecked Sendable` because it is touched on its loop only.
final class AdminTicker: TimerTarget, @unchecked Sendable {
    private let namespace: Namespace
    private let figures: AdminFigures
    private let ui: AdminUI
    private let loop: any EventLoop
    private var timer: TimerToken?
    private var ticks = 0

    private static let interval = Duration.seconds(1)

    init(_ namespace: Namespace, figures: AdminFigures, ui: AdminUI, on loop: any EventLoop) {
        self.namespace = namespace
        self.figures = figures
        self.ui = ui
        self.loop = loop
    }

    /// Goes on until nobody listens any more. From any thread.
    func start() {
        loop.execute { [self] in
            if timer == nil { tick() }
        }
    }

    /// From any thread.
    func stop() {
        loop.execute { [self] in
            if let timer { loop.cancel(timer) }
            timer = nil
        }
    }

    func timerFired(_ token: TimerToken) {
        timer = nil
        if namespace.socketCount > 0 { tick() }
    }

    private func tick() {
        timer = loop.schedule(after: Self.interval, self)
        ticks += 1
        let isForUI = ticks % 2 == 1
        loop.start { [namespace, figures, ui] in
            guard let json = try? await figures.pool.run({ figures.json() }) else { return }
            // Who is too slow for one is sent a later one.
            namespace.to(AdminNamespace.Channel.dashboard).volatile.emit("figures", json)
            if isForUI { ui.tell(namespace, polling: json["sessions"]?["polling"] ?? 0) }
        }
    }
}
