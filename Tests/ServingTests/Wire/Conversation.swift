import Bytes
import EngineIO
import EventLoops
import JSON
import Network
import ParleyTesting
import Routing
import Serving
import TLS

/// What a server of a conversation is made of.
struct ServerSetup: Sendable {
    var applications: [any EngineApplication] = []
    var options: WebServerOptions
    var routes: @Sendable (inout Router) -> Void = { _ in }
    var tls: TLSContext?
    var address: SocketAddress = .internet(IPAddress(v4: 0x7f00_0001), port: 0)

    init(_ change: (inout WebServerOptions) -> Void = { _ in }) {
        options = WebServerOptions()
        options.threads = 2
        change(&options)
    }

    func with(_ change: (inout ServerSetup) -> Void) -> ServerSetup {
        var copy = self
        change(&copy)
        return copy
    }
}

/// Talks to a server of `applications` on two loops, from a thread of its own, and gives what was said.
func conversation<Result: Sendable>(
    with applications: any EngineApplication..., body: @escaping @Sendable (Wire) throws -> Result
) async throws -> Result {
    try await conversation(ServerSetup().with { $0.applications = applications }, body: body)
}

/// The same with a server of any kind.
func conversation<Result: Sendable>(
    _ setup: ServerSetup, body: @escaping @Sendable (Wire) throws -> Result
) async throws -> Result {
    var router = Router()
    setup.routes(&router)
    let server = try WebServer(
        engines: setup.applications, responder: try router.freeze(), options: setup.options, tls: setup.tls)
    let address = try server.listen(setup.address)
    let wire = Wire(port: UInt16(address.port ?? 0), server: server)
    let result: Result
    do {
        result = try await offLoops { try body(wire) }
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
    return result
}

/// Makes connections to the server of a conversation.
struct Wire: Sendable {
    let port: UInt16
    let server: WebServer

    func connect() throws -> WireClient { try WireClient(port: port) }

    func get(_ path: String) throws -> String { try connect().exchange("GET", path).line }

    func post(_ path: String, _ body: String) throws -> String {
        try connect().exchange("POST", path, body: Array(body.utf8)).line
    }

    /// A poll that has been sent and has reached the server.
    func beginGet(_ path: String) throws -> WireClient {
        let client = try connect()
        try client.request("GET", path)
        return client
    }

    func webSocket(_ path: String) throws -> WireClient {
        let client = try connect()
        if let refusal = try client.openWebSocket(path) { throw WireClient.Failure(step: "upgrade: \(refusal.line)") }
        return client
    }

    /// Opens a polling session at `path`, which ends with its query, and gives the path with the session's id.
    func openPolling(_ path: String, on client: WireClient? = nil) throws -> String {
        let answer = try (client ?? connect()).exchange("GET", path)
        guard let start = answer.body.firstIndex(of: UInt8(ascii: "{")),
            let id = try JSONParser.parse(Array(answer.body[start...]))["sid"]?.stringValue
        else { throw WireClient.Failure(step: "open: \(answer.line)") }
        return path + "&sid=" + id
    }
}

/// Sends every message back as it came.
struct EchoEngine: EngineApplication {
    var engineOptions = EngineOptions()

    init(_ change: (inout EngineOptions) -> Void = { _ in }) {
        engineOptions.path = "/engine.io/"
        change(&engineOptions)
    }

    func started(on loops: [any EventLoop]) {}
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { EchoSession(session) }
    func stopping() async {}
}

private final class EchoSession: EngineSessionDelegate {
    private weak var session: (any EngineSession)?

    init(_ session: any EngineSession) { self.session = session }

    func received(text: RawSpan) { session?.send(text: text) }

    func received(binary: RawSpan) { session?.send(OutgoingMessage(text: nil, binaries: [SharedBytes(binary)])) }

    func closed(_ reason: EngineCloseReason) {}
}
