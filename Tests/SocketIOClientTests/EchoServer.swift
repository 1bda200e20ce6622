import Bytes
import EngineIO
import EventLoops
import Network
import Serving
import TLS

/// Sends every message back as it came; `close` makes it close.
final class EchoApplication: EngineApplication {
    let engineOptions: EngineOptions

    init(_ options: EngineOptions = EngineOptions()) { engineOptions = options }

    func started(on loops: [any EventLoop]) {}
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { EchoSession(session) }
    func stopping() async {}
}

private final class EchoSession: EngineSessionDelegate {
    private let session: any EngineSession

    init(_ session: any EngineSession) { self.session = session }

    func received(text: RawSpan) {
        if text.elementsEqual("close") { return session.close() }
        session.send(text: text)
    }

    func received(binary: RawSpan) {
        session.send(OutgoingMessage(text: nil, binaries: [SharedBytes(binary)]))
    }

    func closed(_ reason: EngineCloseReason) {}
}

/// Runs `body` with the port of a server on the loopback.
func withServer(
    _ applications: any EngineApplication..., port: UInt16 = 0, tls: TLSContext? = nil, threads: Int = 1,
    body: nonisolated(nonsending) (UInt16) async throws -> Void
) async throws {
    var options = WebServerOptions()
    options.threads = threads
    let server = try WebServer(engines: applications, options: options, tls: tls)
    let address = try server.listen(.internet(IPAddress(v4: 0x7f00_0001), port: port))
    do {
        try await body(UInt16(address.port ?? 0))
    } catch {
        await server.stop()
        throw error
    }
    await server.stop()
}
