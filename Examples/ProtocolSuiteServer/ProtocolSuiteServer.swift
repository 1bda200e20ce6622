import EngineIO
import Serving

/// A server with what the official protocol suites expect, for runs by hand:
///
///     swift run ProtocolSuiteServer [port] [--revision-4-only]
///
/// `/engine.io/` echoes every message; `/socket.io/` has the namespaces `/` and `/custom`. Heartbeats are quick: 300
/// ms, and 200 ms to answer. The suite of revision 4 wants clients of revision 3 to be refused, hence the flag.
@main
struct ProtocolSuiteServer {
    static func main() async throws {
        let arguments = CommandLine.arguments.dropFirst()
        let port = arguments.lazy.compactMap { UInt16($0) }.first ?? 3000
        let allowsRevision3 = !arguments.contains("--revision-4-only")
        let echo = EchoEngine(engineOptions: options(path: "/engine.io/", allowsRevision3))
        let namespaces = EchoNamespaces.server(engine: options(path: "/socket.io/", allowsRevision3))
        let server = try WebServer(engines: [echo, namespaces])
        print("Serving the protocol suites on port \(port).")
        try await server.run(host: "127.0.0.1", port: port)
    }

    private static func options(path: String, _ allowsRevision3: Bool) -> EngineOptions {
        var options = EngineOptions()
        options.path = path
        options.allowRevision3 = allowsRevision3
        options.pingInterval = .milliseconds(300)
        options.pingTimeout = .milliseconds(200)
        return options
    }
}
