import EngineIO
import ParleyTesting
import TLS
import Testing

@testable import Serving

@Suite("Connections that move between loops", .timeLimit(.minutes(10)))
struct MovingTests {
    private static let polling = "/engine.io/?EIO=4&transport=polling"
    /// No ping comes between the answers, however slow the machine.
    private static let engine = EchoEngine {
        $0.pingInterval = .seconds(3600)
        $0.pingTimeout = .seconds(3600)
    }

    @Test(arguments: [2, 3, 4], [false, true])
    func `a request on a session of another loop is answered, with what is pipelined behind it`(
        threads: Int, isSecure: Bool
    ) async throws {
        let certificate = try TestCertificate()
        var setup = ServerSetup { $0.threads = threads }
        setup.applications = [Self.engine]
        if isSecure {
            setup.tls = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
        }
        let lines = try await conversation(setup) { wire in
            let trusted = try TLSContext(clientTrusting: certificate.certificatePath)
            func connect() throws -> WireClient {
                let client = try wire.connect()
                if isSecure { _ = try TLSCipher.secure(client, trusted) }
                return client
            }
            let session = try wire.openPolling(Self.polling, on: connect())
            var lines: [String] = []
            for number in 0..<3 * threads {
                let client = try connect()
                let host = "Host: 127.0.0.1\r\n"
                // Every request is a record of its own under TLS, and all of them come at once.
                var bytes: [UInt8] = []
                for round in 0..<20 {
                    let body = "4\(number).\(round)"
                    let post = "POST \(session) HTTP/1.1\r\n\(host)Content-Length: \(body.utf8.count)\r\n\r\n\(body)"
                    for request in [post, "GET \(session) HTTP/1.1\r\n\(host)\r\n"] {
                        bytes += try client.cipher?.seal(Array(request.utf8)) ?? Array(request.utf8)
                    }
                }
                try client.transmit(bytes)
                for _ in 0..<20 { lines += [try client.answer()?.line ?? "end", try client.answer()?.line ?? "end"] }
            }
            return lines
        }
        let expected = (0..<3 * threads).flatMap { number in (0..<20).flatMap { ["200 ok", "200 4\(number).\($0)"] } }
        #expect(lines == expected)
    }

    @Test func `an upgrade on another loop takes the session over`() async throws {
        let lines = try await conversation(ServerSetup { $0.threads = 3 }.with { $0.applications = [Self.engine] }) {
            wire in
            var lines: [String] = []
            for _ in 0..<6 {
                let session = try wire.openPolling(Self.polling)
                let socket = try wire.webSocket(session.replacing("transport=polling", with: "transport=websocket"))
                try socket.frame("2probe")
                lines.append(try socket.nextFrame())
                try socket.frame("5")
                try socket.frame("4hello")
                lines.append(try socket.nextFrame())
            }
            return lines
        }
        #expect(lines == [[String]](repeating: ["3probe", "4hello"], count: 6).flatMap { $0 })
    }

    @Test func `requests of one pipeline are answered in order, whichever loops keep their sessions`() async throws {
        let lines = try await conversation(with: Self.engine) { wire in
            let path = "/engine.io/?EIO=4&transport=polling"
            var sessions: [Int: String] = [:]
            while sessions.count < 2 {
                let session = try wire.openPolling(path)
                let id = session.split(separator: "=").last.map(String.init) ?? ""
                sessions[EngineSessionID.loopIndex(of: id) ?? 0] = session
            }
            var lines: [String] = []
            for _ in 0..<20 {
                let client = try wire.connect()
                for number in 0..<20 {
                    let session = sessions[number % 2] ?? path
                    try client.request("POST", session, body: Array("4\(number)".utf8))
                    try client.request("GET", session)
                }
                for _ in 0..<40 { lines.append(try client.answer()?.line ?? "end") }
            }
            return lines
        }
        let once = (0..<20).flatMap { ["200 ok", "200 4\($0)"] }
        #expect(lines == (0..<20).flatMap { _ in once })
    }
}
