import Accounts
import Blobs
import Bytes
import Chat
import ChatStorage
import Cryptography
import EventLoops
import HTTPWire
import JSON
import Logging
import Metrics
import Network
import ParleyTesting
import Routing
import Serving
import Settings

@testable import ParleyApp

/// The routes of the program without a port; the room `room` exists.
struct RouteHarness {
    let chat: Chat
    let accounts: Accounts
    let clock = ManualClock()
    let jwt: JWT
    let pool = Pool()
    private let disk = Disk()
    private let folder = TemporaryFolder()
    private let responder: Responder
    /// Where the system is asked; one for all tests.
    private static let probes = BlockingPool(threads: 1, maxQueued: 1_000, name: "probes")

    /// Runs work where it is called; refuses it while it is told to.
    final class Pool: BlockingExecutor {
        let isFull = Locked(false)

        func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(BlockingExecutorFull) -> R {
            guard !isFull.withLock({ $0 }) else { throw BlockingExecutorFull() }
            return work()
        }
    }

    /// Where files are written; ends with the harness.
    private final class Disk: Sendable {
        let pool = BlockingPool(threads: 1, name: "disk")

        deinit { pool.stop() }
    }

    static let password = "correct horse"
    static let denied = "Access denied! Verify your IP or provide the correct password."

    init(_ arguments: [String] = []) async throws {
        let settings = try AppSettings.catalog.load(arguments: arguments)
        jwt = try JWT(keys: [SecureRandom().bytes(32)], clock: clock)
        var options = ChatOptions()
        options.limits = ChatLimits(settings)
        options.passwordCost = PasswordHash.Cost(memoryKiB: 8, passes: 1)
        let keyring = try FernetKeyring(keys: [FernetKey()], clock: clock)
        let store = try SQLiteStore(
            path: folder.file("chat.db"), keyring: keyring, clock: clock, options: SQLiteStore.Options(settings))
        var environment = Chat.Environment(
            store: store, keyring: keyring, jwt: jwt, blocking: pool, clock: clock)
        let accounts = Accounts(
            Accounts.Environment(store: store, jwt: jwt, blocking: pool, clock: clock),
            limits: AccountLimits(settings), passwordCost: options.passwordCost)
        self.accounts = accounts
        environment.files = try BlobFolder(path: folder.file("files"), pool: disk.pool)
        environment.isReserved = { (name) throws(ChatError) in
            do { return try await accounts.isHandle(name) } catch { throw .busy }
        }
        environment.account = { (name) throws(ChatError) in
            do { return try await accounts.account(named: name) } catch { throw .busy }
        }
        chat = try Chat(environment, options: options)
        let rates = EventRates(settings, clock: clock)
        let administration = Administration(
            chat: chat, accounts: accounts, store: store,
            networks: NetworkRules(settings, store: store, gate: AddressGate()), metrics: MetricsRegistry(),
            settings: settings, clock: clock, folder: folder.path, pool: Self.probes,
            requests: Application.perMinute(AppSettings.administrationPerMinute, settings, clock, rates))
        responder = try Application.routes(
            chat, accounts, TestServer.publicFiles.get(), rates, settings, clock, .disabled,
            administration: administration)
        try await accounts.start { _ in }
        try await chat.start { _ in }
        try await chat.createRoom("room", password: Self.password)
    }

    /// The method and pattern of every route.
    var routes: [String] { responder.routes.map { "\($0.method) \($0.pattern)" } }

    /// An account with this role that is logged in: what it shows.
    func logIn(_ handle: String, as role: Role = .member) async throws -> HTTPHeaders {
        var registration = Registration(handle: handle, password: "secret123")
        registration.role = role
        let account = try await accounts.register(registration)
        let tokens = try await accounts.begin(account, on: Device(address: IPAddress("192.0.2.1")))
        return ["Authorization": "Bearer \(tokens.access)"]
    }

    // MARK: Asking

    func ask(
        _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders = [:], body: String = "",
        from address: String = "192.0.2.1"
    ) async -> Response {
        await responder.respond(
            to: Request(method, target, headers: headers, body: Array(body.utf8), remoteAddress: address))
    }

    func ask(
        _ method: HTTPMethod, _ target: String, _ headers: HTTPHeaders = [:], bytes: [UInt8],
        from address: String = "192.0.2.1"
    ) async -> Response {
        await responder.respond(to: Request(method, target, headers: headers, body: bytes, remoteAddress: address))
    }

    /// Asks with a JSON body.
    func post(
        _ target: String, _ content: JSONValue, _ headers: HTTPHeaders = [:], from address: String = "192.0.2.1"
    ) async -> Response {
        await ask(
            .post, target, headers, body: String(decoding: JSONPrinter.text(of: content), as: UTF8.self), from: address)
    }

    /// Asks with the body of a form.
    func post(_ target: String, form: String) async -> Response {
        await ask(.post, target, ["Content-Type": "application/x-www-form-urlencoded"], body: form)
    }

    /// A token of the room, from an address that is then verified.
    func token(from address: String = "198.51.100.9") async throws -> String {
        try await chat.verify(room: "room", password: Self.password, from: IPAddress(address)).token
    }
}

extension Response {
    var content: [UInt8] {
        switch body {
        case .none, .file: return []
        case .reader(let reader, let range):
            return (try? reader.read(at: range.lowerBound, count: range.count)) ?? []
        case .bytes(let bytes): return bytes
        case .text(let text): return Array(text.utf8)
        case .shared(let bytes, let range):
            var content: [UInt8] = []
            content.append(contentsOf: bytes.bytes.extracting(range))
            return content
        }
    }

    /// Status and content, as one line.
    var line: String { "\(status.code) \(String(decoding: content, as: UTF8.self))" }

    var json: JSONValue { (try? JSONParser.parse(content)) ?? .null }

    /// The line of a refusal with this sentence.
    static func refusal(_ status: Int, _ sentence: String) -> String {
        "\(status) "
            + String(decoding: JSONPrinter.text(of: ["success": false, "error": .string(sentence)]), as: UTF8.self)
    }
}
