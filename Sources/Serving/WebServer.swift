import Bytes
public import EngineIO
public import EventLoops
public import Logging
public import Network
public import Routing
public import TLS

/// An HTTP server with Engine.IO engines on it: accepts, drives the protocols on every loop, stops gracefully.
///
///     let server = try WebServer(engines: [io])
///     try await server.run(host: "127.0.0.1", port: 3000)
public final class WebServer: Sendable {
    private let core: ServerCore
    private let group: UVLoopGroup
    private let tls: TLSContext?
    private let stopSignals = StopSignals()
    private let state = Locked(State())

    private struct State {
        var listeners: [Listener] = []
        var signals: [SignalSource] = []
        var isStopping = false
    }

    /// - Parameters:
    ///   - engines: applications such as `SocketIO.Server`, each at the path of its options.
    ///   - responder: answers every other request; default 404.
    ///   - tls: what encrypts connections; default nothing.
    /// - Throws: `EngineOptionsError`, or an error of the application such as `SocketIO.ServerOptionsError`, where options
    ///   make no sense.
    public init(
        engines: [any EngineApplication], responder: Responder? = nil, options: WebServerOptions = WebServerOptions(),
        tls: TLSContext? = nil, logger: Logger = .disabled, wallClock: any WallClock = SystemWallClock(),
        random: any RandomSource = SystemRandom()
    ) throws {
        core = ServerCore(
            endpoints: try engines.map(EngineEndpoint.init),
            responder: try responder ?? Router(logger: logger).freeze(),
            options: options, logger: logger, wallClock: wallClock, random: random)
        group = UVLoopGroup(
            count: options.threads ?? UVLoopGroup.coreCount,
            backlogBudget: core.waitingBudget)
        self.tls = tls
        core.attach(to: group.loops)
    }

    /// The loops, for work that must run on them.
    public var loops: [any EventLoop] { group.loops }

    /// Connections that are open now, of all addresses listened at.
    public var connectionCount: Int { state.withLock { $0.listeners.first?.connectionCount ?? 0 } }

    var loopFigures: [LoopFigures] { core.hosts.map(\.figures) }

    /// Sessions that are open now.
    public var sessionCount: Int { core.census.total }

    /// Bytes of requests and messages that are kept now because they have not all come or are not answered yet, beyond what
    /// each connection may keep for nothing.
    public var unfinishedInput: Int { core.inputBudget.count }

    /// Bytes of answers that clients have not taken yet, beyond what each connection may keep for nothing.
    public var unreadAnswers: Int { core.answerBudget.count }

    /// Listens at an address as well, and says which it is where the system chose the port.
    @discardableResult
    public func listen(_ address: SocketAddress) throws(NetworkError) -> SocketAddress {
        var options = Listener.Options()
        options.maxConnections = core.options.maxConnections
        options.countsWith = state.withLock { $0.listeners.first }
        options.sendBuffer = core.options.sendBuffer
        options.connection.maxPendingBytes = core.options.maxBufferedBytes
        let (core, tls) = (core, tls)
        let listener = try Listener(address, group: group, options: options) { connection in
            let host = core.hosts[connection.loop.index]
            guard !host.isDraining, let machine = Self.machine(tls, host) else { return connection.abort() }
            let stream = ClientStream(connection: connection, tls: machine.tls, host: host)
            let http = HTTPConnection(stream: stream)
            stream.install(http)
            http.start()
        }
        state.withLock { $0.listeners.append(listener) }
        return listener.address
    }

    /// Listens for connections that are none of the web; `accepted` is called for each, on its loop.
    public func listen(
        _ address: SocketAddress, options: Listener.Options, accepted: @escaping @Sendable (TCPConnection) -> Void
    ) throws(NetworkError) {
        let listener = try Listener(address, group: group, options: options, accepted: accepted)
        state.withLock { $0.listeners.append(listener) }
    }

    /// The TLS of a new connection, if any; `nil` where there is no memory for it.
    private static func machine(_ context: TLSContext?, _ host: LoopHost) -> (tls: TLSMachine?, Void)? {
        guard let context else { return (nil, ()) }
        do {
            return (try TLSMachine(context), ())
        } catch {
            host.server.logger.error("A connection got no TLS", ["error": .describing(error)])
            return nil
        }
    }

    /// Listens, and serves until the process is told to stop (SIGTERM, SIGINT); a second such signal ends it at once.
    public func run(host: String, port: UInt16) async throws {
        catchSignals()
        for address in try SocketAddress.resolve(host: host, port: port).prefix(1) { try listen(address) }
        await untilSignalled()
        await stop()
    }

    /// Returns at the first SIGTERM or SIGINT, at once where that has come since `catchSignals`; a second one ends the
    /// process at once.
    public func untilSignalled() async {
        catchSignals()
        await stopSignals.wait()
    }

    /// From now on SIGTERM and SIGINT are kept for `untilSignalled`. Call it before `listen`: from then on someone may
    /// think that the server can be told to stop.
    public func catchSignals() { stopSignals.listen(on: group.loops[0]) }

    /// Calls `handler` on a loop at each SIGHUP.
    public func onHangUp(_ handler: @escaping @Sendable () -> Void) {
        let source = SignalSource([.hangUp], on: group.loops[0]) { _ in handler() }
        state.withLock { $0.signals.append(source) }
    }

    /// Accepts no more; what is connected is served on.
    public func stopListening() {
        let listeners = state.withLock { state in
            defer { state.listeners = [] }
            return state.listeners
        }
        for listener in listeners { listener.stop() }
    }

    /// Accepts no more, tells the clients, waits for what is under way (`drainTimeout` at most) and ends the loops.
    public func stop() async {
        let isFirst = state.withLock { state in
            defer { state.isStopping = true }
            return !state.isStopping
        }
        guard isFirst else { return }
        stopListening()
        for host in core.hosts { host.loop.execute { host.beginDraining() } }
        for application in core.applications { await application.stopping() }
        await drain()
        await group.stop()
        core.files.stop()
        stopSignals.stop()
        state.withLock { $0.signals = [] }
    }

    private func drain() async {
        let hosts = core.hosts
        let late = DrainDeadline(hosts)
        hosts[0].loop.execute { [timeout = core.options.drainTimeout] in late.start(after: timeout) }
        let left = Locked(hosts.count)
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            for host in hosts {
                host.loop.execute {
                    host.drain {
                        let isLast = left.withLock { left in
                            left -= 1
                            return left == 0
                        }
                        if isLast { continuation.resume() }
                    }
                }
            }
        }
        hosts[0].loop.execute { late.cancel() }
    }
}

/// Cuts the connections that are still there when the time to drain is over. Used on the first loop only.
///
/// `@unchecked Sendable` because of that.
private final class DrainDeadline: TimerTarget, @unchecked Sendable {
    private let hosts: [LoopHost]
    private var token: TimerToken?

    init(_ hosts: [LoopHost]) { self.hosts = hosts }

    func start(after delay: Duration) { token = hosts[0].loop.schedule(after: delay, self) }

    func cancel() {
        if let token { hosts[0].loop.cancel(token) }
        token = nil
    }

    func timerFired(_ token: TimerToken) {
        self.token = nil
        for host in hosts { host.loop.execute { host.abortAll() } }
    }
}
