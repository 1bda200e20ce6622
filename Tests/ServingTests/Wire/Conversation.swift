import Bytes
import EngineIO
import EventLoops
import JSON
import Network
import ParleyTesting
import Serving

/// Talks to a server of `applications` on two loops, from a thread of its own, and gives what was said.
func conversation<Result: Sendable>(
    with applications: any EngineApplication..., body: @escaping @Sendable (Wire) throws -> Result
) async throws -> Result {
    var options = ServerOptions()
    options.threads = 2
    let server = try WebServer(engines: applications, options: options)
    let address = try server.listen(.internet(IPAddress(v4: 0x7f00_0001), port: 0))
    let wire = Wire(port: UInt16(address.port ?? 0))
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
    func openPolling(_ path: String) throws -> String {
        let answer = try connect().exchange("GET", path)
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
