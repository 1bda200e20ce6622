import ChatStorage
import Logging
import Metrics
import Serving
import SocketIO

/// What the application's metrics are read from.
struct MetricSources: Sendable {
    let registry: MetricsRegistry
    let posted = Counter()
    let started: Int64

    typealias Sample = MetricFamily.Sample

    /// Shows what the store does.
    func add(_ store: SQLiteStore) {
        registry.add("parley_commits_batch_size", "Changes that shared one commit.", store.commitBatches)
        registry.add(
            "parley_commit_duration_seconds", "Time of a commit, until it was on the disk.", store.commitDurations)
        let failures = store.commitFailures
        registry.add("parley_commit_failures_total", .counter, "Commits that failed, as on a full disk.") {
            failures.value
        }
        registry.add("parley_store_queue_depth", .gauge, "What waits for the store now.") { [weak store] in
            guard let queues = store?.queues else { return [] }
            return [
                Sample(queues.writes, ["queue": "writes"]), Sample(queues.reads, ["queue": "reads"]),
                Sample(queues.pages, ["queue": "pages"]),
            ]
        }
    }

    /// Shows what the wires carry.
    func add(_ server: WebServer, _ io: SocketIO.Server) {
        registry.add("parley_connections", .gauge, "TCP connections that are open.") { [weak server] in
            [Sample(server?.figures.connections ?? 0)]
        }
        registry.add("parley_sessions", .gauge, "Engine.IO sessions by transport.") { [weak server] in
            let figures = server?.figures ?? ServerFigures()
            return [
                Sample(figures.pollingSessions, ["transport": "polling"]),
                Sample(figures.webSocketSessions, ["transport": "websocket"]),
            ]
        }
        registry.add("parley_http_requests_total", .counter, "Requests answered, by the class of status.") {
            [weak server] in
            let answers = (server?.figures ?? ServerFigures()).answers
            return answers.enumerated().map { Sample($1, ["class": "\($0 + 1)xx"]) }
        }
        registry.add("parley_events_received_total", .counter, "Socket.IO events from clients.") { [weak io] in
            [Sample(io?.traffic.received ?? 0)]
        }
        registry.add(
            "parley_events_sent_total", .counter, "Socket.IO events and acknowledgements to clients, once for each."
        ) { [weak io] in
            [Sample(io?.traffic.sent ?? 0)]
        }
    }

    /// Shows what the chat and the log do.
    func add(_ rates: EventRates, _ logger: Logger) {
        let (posted, refusals) = (posted, rates.refusals)
        registry.add("parley_messages_posted_total", .counter, "Messages that were stored.") { posted.value }
        registry.add("parley_rate_limit_refusals_total", .counter, "What came faster than it may.") { refusals.value }
        registry.add("parley_log_lines_dropped_total", .counter, "Lines of the log that could not be written.") {
            logger.droppedCount
        }
    }

    /// Shows what the system knows of the process, and which version it is.
    func addProcess() {
        let started = Double(started) / 1_000
        registry.add("parley_build_info", .gauge, "The version of this server.") {
            [Sample(1, ["version": ParleyVersion.current])]
        }
        registry.add("process_start_time_seconds", .gauge, "When the process began, in seconds since 1970.") {
            [Sample(started)]
        }
        registry.add("process_cpu_seconds_total", .counter, "CPU time of user and system.") {
            [Sample(ProcessFigures().cpuSeconds)]
        }
        registry.add("process_resident_memory_bytes", .gauge, "Memory in use.") {
            ProcessFigures().residentBytes.map { [Sample($0)] } ?? []
        }
        registry.add("process_open_fds", .gauge, "Open descriptors.") {
            ProcessFigures().openDescriptors.map { [Sample($0)] } ?? []
        }
        registry.add("process_max_fds", .gauge, "The most descriptors that may be open.") {
            [Sample(ProcessFigures().mostDescriptors)]
        }
    }
}
