import Bytes
import EventLoops
import Network
import SocketIOClient

/// One run: connects the fleet, starts the load, stops it, waits for what is under way, and reports.
///
/// Lives on one loop; keeps itself alive until it has reported.
class BenchRun: BenchClientOwner, TimerTarget {
    let options: BenchOptions
    let loop: UVLoop
    var result: BenchResult
    var latency = LatencyHistogram()
    let fleet = BenchFleet()
    private(set) var isSending = false
    let meter: ProcessMeter?
    private var done: ((BenchResult) -> Void)?
    private var startedAt = BenchClock.now
    /// The end of the last unit of work: what comes after it is only waiting.
    private var lastProgress = BenchClock.now
    private var cpuAtStart: Double?
    private var memoryAtStart: Double?
    private var keep: BenchRun?
    private var sentCount = 0
    private var end: TimerToken?
    private var patience: TimerToken?

    /// How long the run waits for work that does not come back.
    private static let patienceLimit = Duration.seconds(5)

    init(_ options: BenchOptions, loop: UVLoop) {
        self.options = options
        self.loop = loop
        result = BenchResult(options)
        meter = options.pid.map { ProcessMeter(pid: $0) }
    }

    // MARK: What a kind of load decides

    /// How many clients are connected before the load begins.
    var fleetSize: Int { options.clients }
    /// The room of a client.
    func room(of number: Int) -> Int? { nil }
    /// What a client sends before it is ready.
    func join(of number: Int) -> [UInt8]? {
        room(of: number).map { Array(#"20["join",{"room":"room\#($0)"}]"#.utf8) }
    }
    /// All clients are ready: send what may be under way at once.
    func begin() {}
    /// How many units of work are under way.
    var underWay: Int { 0 }
    func event(_ text: RawSpan, at client: BenchClient) {}
    func answered(_ id: Int, _ text: RawSpan, at client: BenchClient) {}

    // MARK: The course of a run

    func start(_ done: @escaping (BenchResult) -> Void) {
        self.done = done
        keep = self
        memoryAtStart = meter?.residentBytes
        prepare()
    }

    /// Makes what the clients need beforehand, and then lets them connect.
    func prepare() { connectFleet() }

    final func connectFleet() {
        do throws(ClientError) {
            var clients: [BenchClient] = []
            for number in 0..<fleetSize { clients.append(try makeClient(number, room: room(of: number))) }
            fleet.open(clients) { [unowned self] in connected() }
        } catch {
            fail(error.description)
        }
    }

    final func fail(_ reason: String) {
        result.error = reason
        finish()
    }

    func makeClient(_ number: Int, room: Int?) throws(ClientError) -> BenchClient {
        try BenchClient(
            number: number, room: room, join: join(of: number), options: options, loop: loop, owner: self)
    }

    private func connected() {
        guard fleet.readyCount > 0 else { return finish() }
        measureMemory()
        cpuAtStart = meter?.cpuMicroseconds
        startedAt = BenchClock.now
        lastProgress = startedAt
        isSending = true
        end = loop.schedule(after: .milliseconds(Int64(options.seconds * 1_000)), self)
        begin()
    }

    private func measureMemory() {
        guard let memoryAtStart, let now = meter?.residentBytes else { return }
        result.serverBytes = max(now - memoryAtStart, 0)
    }

    func timerFired(_ token: TimerToken) {
        if token == end { return stopSending() }
        guard token == patience else { return }
        let silence = Duration.nanoseconds(Int64(BenchClock.now - lastProgress))
        if silence >= Self.patienceLimit { return finish() }
        patience = loop.schedule(after: Self.patienceLimit - silence, self)
    }

    /// Sends no more; what is under way may still come.
    func stopSending() {
        guard isSending else { return }
        isSending = false
        if let end { loop.cancel(end) }
        lastProgress = BenchClock.now
        guard underWay > 0 else { return finish() }
        patience = loop.schedule(after: Self.patienceLimit, self)
    }

    /// Whether one more may be sent; ends the sending where the bound of messages is reached.
    func mayStart() -> Bool {
        guard isSending else { return false }
        if let messages = options.messages, sentCount >= messages {
            stopSending()
            return false
        }
        sentCount += 1
        return true
    }
    /// Notes that one unit of work has come back.
    func completed(sentAt: UInt64) {
        result.completed += 1
        lastProgress = BenchClock.now
        latency.record(nanoseconds: lastProgress - sentAt)
    }

    /// To be called when work has come back: ends the run where nothing more will.
    func checkFinished() {
        if !isSending, underWay == 0 { finish() }
    }

    func finish() {
        guard let done else { return }
        self.done = nil
        isSending = false
        if let end { loop.cancel(end) }
        if let patience { loop.cancel(patience) }
        if let cpuAtStart, let now = meter?.cpuMicroseconds { result.serverMicroseconds = now - cpuAtStart }
        if options.mode == .idle { measureMemory() }
        result.seconds = Double(lastProgress - startedAt) / 1e9
        result.lostConnections += fleet.lostCount
        if let error = fleet.firstError { result.error = error.description }
        if latency.count > 0 { result.latency = latency }
        fleet.close()
        done(result)
        keep = nil
    }

    // MARK: What clients tell

    func ready(_ client: BenchClient) { fleet.ready(client) }

    func closed(_ client: BenchClient, _ error: ClientError) {
        guard done != nil else { return }
        fleet.lost(client, error)
    }
}
