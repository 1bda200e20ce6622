import Accounts
import Blobs
import Bytes
import Chat
import ChatStorage
import Cryptography
import EventLoops
import Fetch
public import Logging
import Metrics
public import Network
import Routing
import Serving
public import Settings
import SocketIO
import TLS

/// The whole program, wired: what `parley serve` runs and what tests start.
public final class Application: Sendable {
    let chat: Chat
    let accounts: Accounts
    private let server: WebServer
    private let events: ChatEvents
    /// The same, for routes, which are made before.
    private let told = Locked<ChatEvents?>(nil)
    private let passwords: BlockingPool
    private let logIns: BlockingPool
    /// Where the system is asked how it goes.
    private let probes: BlockingPool
    /// Where files are written and read.
    private let disk: BlockingPool
    private let readiness: Readiness
    private let posted: Counter
    /// `nil` where the master key is a setting.
    private let keyWatch: KeyWatch?
    let networks: NetworkRules
    private let console: ConsoleEndpoint
    private let admin: AdminNamespace
    private let sweeper: PeopleSweeper
    private let messageSweeper: MessageSweeper
    private let webhooks: WebhookSender
    /// Where outgoing webhooks wait for their answers.
    private let callPool: BlockingPool
    private let tls: TLSContext?
    private let settings: Settings
    private let addresses: [SocketAddress]
    private let hosts: ServedHosts
    private let logger: Logger

    /// Builds everything and opens the store; listens nowhere yet.
    public static func build(_ settings: Settings, logger: Logger) async throws(StartError) -> Application {
        try await build(settings, files: nil, logger: logger)
    }

    /// The same with files that were read before, where there are some: tests start many servers.
    static func build(
        _ settings: Settings, files: PublicFiles?, logger: Logger
    ) async throws(StartError) -> Application {
        let application = try Application(settings, files: files, logger: logger)
        try await application.openStore()
        return application
    }

    private init(_ settings: Settings, files: PublicFiles?, logger: Logger) throws(StartError) {
        self.settings = settings
        self.logger = logger
        let (clock, random) = (SystemWallClock(), SecureRandom())
        passwords = BlockingPool(
            threads: UVLoopGroup.coreCount, maxQueued: settings[AppSettings.passwordQueue], name: "passwords")
        logIns = BlockingPool(
            threads: UVLoopGroup.coreCount, maxQueued: settings[AppSettings.loginQueue], name: "log-ins")
        probes = BlockingPool(threads: 1, maxQueued: 64, name: "probes")
        // An upload waits with one piece of work at a time; the rest is for those who read.
        disk = BlockingPool(threads: 4, maxQueued: settings[AppSettings.uploads] + 1024, name: "disk")
        let concurrency = settings[AppSettings.webhookConcurrency]
        callPool = BlockingPool(threads: concurrency, maxQueued: concurrency, name: "webhooks")
        let metrics = MetricSources(registry: MetricsRegistry(), started: clock.epochMilliseconds)
        posted = metrics.posted
        let rates = EventRates(settings, clock: clock)
        let io = SocketIO.Server(options: SocketIO.ServerOptions(settings, logger: logger))
        do {
            let directory = try DataDirectory(settings)
            let keyring = try directory.keyring(settings, clock: clock, random: random, logger: logger)
            let jwt = try directory.signer(settings, clock: clock, logger: logger)
            let store = try SQLiteStore(
                path: directory.databasePath, keyring: keyring, clock: clock, options: SQLiteStore.Options(settings))
            readiness = Readiness(
                store, folder: directory.databaseFolder, freeSpace: settings[AppSettings.freeSpace], clock: clock,
                pool: probes)
            let operations = OperationsController(
                metrics: metrics.registry, readiness: readiness, token: settings[AppSettings.metricsToken],
                pool: probes)
            accounts = Accounts(
                Accounts.Environment(
                    store: store, jwt: jwt, blocking: PoolExecutor(pool: logIns), clock: clock, random: random),
                limits: AccountLimits(settings))
            var environment = Chat.Environment(
                store: store, keyring: keyring, jwt: jwt, blocking: PoolExecutor(pool: passwords), clock: clock,
                random: random)
            environment.files = try BlobFolder(path: directory.filesFolder, pool: disk, random: random)
            chat = try Self.chat(environment, accounts, settings, logger, announcing: io.of("/admin"))
            tls = try Self.tls(settings)
            addresses = try Self.addresses(settings)
            var options = WebServerOptions(settings)
            options.hosts = ServedHosts(settings, listeningAt: addresses)
            networks = NetworkRules(settings, store: store, gate: options.gate)
            let administration = Administration(
                chat: chat, accounts: accounts, store: store, networks: networks, metrics: metrics.registry,
                settings: settings, clock: clock, folder: directory.databaseFolder, pool: probes,
                requests: Self.perMinute(AppSettings.administrationPerMinute, settings, clock, rates))
            hosts = options.hosts
            console = ConsoleEndpoint(
                path: directory.consoleSocket,
                console: OperatorConsole(chat: chat, accounts: accounts, store: store))
            metrics.add(store)
            let files = try files ?? PublicFiles(directory: settings[AppSettings.publicDirectory])
            server = try WebServer(
                engines: [io],
                responder: try Self.routes(
                    chat, accounts, files, rates, settings, clock, logger,
                    announce: { [told] change in told.withLock { $0 }?.announce(change) }, operations: operations,
                    administration: administration),
                options: options, tls: tls, logger: logger, wallClock: clock, random: random)
            keyWatch =
                settings[AppSettings.encryptionKey] == nil
                ? KeyWatch(directory.keyFile, store, keyring, on: server.loops[0], pool: probes, logger: logger) : nil
        } catch {
            throw StartError(error)
        }
        metrics.add(server, io)
        metrics.add(rates, logger)
        metrics.addProcess()
        sweeper = PeopleSweeper(accounts, chat, on: server.loops[0], logger: logger)
        messageSweeper = MessageSweeper(chat, on: server.loops[0], logger: logger)
        let addresses = AddressGuard(allowing: settings[AppSettings.webhookNetworks])
        let fetcher = Fetcher(addresses, options: FetchOptions(settings), pool: callPool)
        webhooks = WebhookSender(chat, fetcher, most: concurrency, on: server.loops[0], logger: logger)
        admin = AdminNamespace(
            io, accounts: accounts, figures: AdminFigures(metrics.registry, clock: clock, pool: probes),
            on: server.loops[0])
        events = ChatEvents(
            chat: chat, accounts: accounts, rates: rates, pace: Announcer.Pace(settings),
            roomsPerConnection: settings[AppSettings.roomsPerConnection],
            roomsLeftPerConnection: settings[AppSettings.roomsLeftPerConnection],
            recovers: settings[AppSettings.recovery],
            typingTime: settings[AppSettings.typingTime], namespace: io.of("/"), loops: server.loops)
        let events = events
        told.withLock { $0 = events }
    }

    static func chat(
        _ environment: Chat.Environment, _ accounts: Accounts, _ settings: Settings, _ logger: Logger,
        announcing namespace: Namespace? = nil
    ) throws -> Chat {
        var environment = environment
        if let namespace { environment.created = { room in AdminNamespace.created(room, in: namespace) } }
        environment.isReserved = { (name) throws(ChatError) in
            do { return try await accounts.isHandle(name) } catch { throw .busy }
        }
        environment.account = { (name) throws(ChatError) in
            do { return try await accounts.account(named: name) } catch { throw .busy }
        }
        environment.damaged = { room, message in
            logger.error(
                "A stored message is damaged and is not shown",
                ["room": .string(room.text), "message": .string(message.description)], source: "damaged")
        }
        environment.filesLeft = { count in
            logger.warning(
                "Files could not be removed; they go at the next start", ["files": .integer(count)],
                source: "files")
        }
        var chatOptions = ChatOptions()
        chatOptions.limits = ChatLimits(settings)
        chatOptions.lobbyGuests = settings[AppSettings.lobbyGuests]
        return try Chat(environment, options: chatOptions)
    }

    private static func tls(_ settings: Settings) throws -> TLSContext? {
        guard let certificate = settings[AppSettings.tlsCertificate], let key = settings[AppSettings.tlsKey] else {
            return nil
        }
        return try TLSContext(certificatePath: certificate, keyPath: key)
    }

    private func openStore() async throws(StartError) {
        let audience = settings[AppSettings.receiptAudience]
        let relay = CommitRelay(namespace: events.namespace, marks: events.marks, receiptAudience: audience) {
            [events] in events.depart($0, "left the room")
        }
        events.attach()
        admin.attach()
        do {
            try await accounts.start { [events, chat, admin] changes in
                for change in changes {
                    switch change {
                    case .roleChanged(let account): chat.note(serverRole: account.role, of: account)
                    case .created(let account), .renamed(let account): chat.note(handleOf: account)
                    case .changed, .deleted, .ended: break
                    }
                }
                events.committed(changes)
                admin.committed(changes)
            }
            try await chat.start { [posted, admin] events in
                posted.add(events.count { if case .posted = $0 { true } else { false } })
                relay.committed(events)
                admin.committed(events)
            }
            try await networks.refresh()
            try await sweepFiles()
            sweeper.start()
            keyWatch?.start()
            messageSweeper.start()
            webhooks.start()
        } catch {
            await stop()
            throw StartError(error)
        }
    }

    /// Removes what uploads left that a crash cut off.
    private func sweepFiles() async throws(ChatError) {
        guard let sweep = try await chat.sweepFiles(), sweep.orphans + sweep.unfinished > 0 else { return }
        logger.info(
            "Files that no message has were removed",
            ["orphans": .integer(sweep.orphans), "unfinished": .integer(sweep.unfinished)])
    }

    // MARK: Running

    /// Listens at all addresses of the settings, and says at which.
    public func listen() throws(StartError) -> [SocketAddress] {
        server.catchSignals()
        do {
            var bound: [SocketAddress] = []
            for address in addresses { bound.append(try server.listen(address)) }
            console.listen(on: server, logger: logger)
            let hasProxy = !settings[AppSettings.trustedProxies].isEmpty
            if let warning = PlaintextWarning.text(for: bound, isEncrypted: tls != nil, hasProxy: hasProxy) {
                logger.warning(warning)
            }
            if hosts.areAny, settings[AppSettings.hosts].isEmpty { logger.warning(ServedHosts.warning) }
            return bound
        } catch {
            throw StartError(error)
        }
    }

    /// Where the settings say that the server listens.
    private static func addresses(_ settings: Settings) throws(NetworkError) -> [SocketAddress] {
        let host = settings[AppSettings.host]
        var addresses = try SocketAddress.resolve(host: host, port: UInt16(settings[AppSettings.port]))
        if host != "localhost" { addresses = Array(addresses.prefix(1)) }
        for address in settings[AppSettings.listen] { addresses.append(try address.resolved()) }
        return addresses
    }

    /// The code with which the first visitor becomes administrator; `nil` where there is one.
    public func makeSetupCode() async throws(StartError) -> String? {
        do {
            return try await accounts.makeSetupCode()
        } catch .storage(.failed(let sentence)) {
            throw StartError(sentence)
        } catch {
            throw StartError(error)
        }
    }

    /// Reads the certificate again; connections that are open keep the one they have.
    public func reloadCertificate() {
        guard let tls else { return }
        do {
            try tls.reload()
            logger.info("The certificate was read again")
        } catch {
            logger.error("The certificate stays as it was", ["error": .describing(error)])
        }
    }

    /// Serves until SIGTERM or SIGINT, then stops; SIGHUP reads the certificate again.
    public func runUntilSignalled() async {
        server.onHangUp { [self] in reloadCertificate() }
        await server.untilSignalled()
        await stop()
    }

    /// Accepts no more, commits and acknowledges what is under way, tells the clients, and ends.
    public func stop() async {
        logger.info("The server stops")
        readiness.stop()
        server.stopListening()
        sweeper.stop()
        admin.stop()
        keyWatch?.stop()
        messageSweeper.stop()
        webhooks.stop()
        await chat.close()
        await events.untilAnswered()
        await server.stop()
        passwords.stop()
        logIns.stop()
        probes.stop()
        disk.stop()
        callPool.stop()
        logger.info("The server has stopped")
    }
}

extension ListenAddress {
    /// The address in the system's form; a name stands for its first address.
    fileprivate func resolved() throws(NetworkError) -> SocketAddress {
        switch self {
        case .unix(let path): return .unix(path: path)
        case .tcp(let host, let port):
            guard let first = try SocketAddress.resolve(host: host, port: port).first else {
                throw .cannotResolve(host: host)
            }
            return first
        }
    }
}
