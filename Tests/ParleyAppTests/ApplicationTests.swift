import Chat
import EngineIO
import JSON
import Logging
import Network
import ParleyTesting
import Settings
import SocketIOClient
import TLS
import Testing

@testable import ParleyApp

/// What the application itself reads of the settings.
@Suite("The application as it is told to be", .timeLimit(.minutes(10)))
struct ApplicationTests {
    private static func status(_ client: WireClient) throws -> String { try client.exchange("GET", "/healthz").line }

    private static let healthy = #"200 {"status":"ok"}"#

    @Test func `it listens wherever it is told to, and says where`() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("server.sock")
        let settings = try TestServer.settings(
            ["--listen", "unix:\(path),[::1]:0", "--listen", "127.0.0.1:0"], in: folder)
        let application = try await Application.build(settings, logger: .disabled)
        let addresses = try application.listen()
        let ports = addresses.compactMap { $0.port.map { UInt16($0) } }
        let lines = try await offLoops {
            guard ports.count == 3 else { return ["\(ports)"] }
            let clients = [
                try WireClient(port: ports[0]), try WireClient(path: path), try WireClient(port6: ports[1]),
                try WireClient(port: ports[2]),
            ]
            return try clients.map { try Self.status($0) }
        }
        await application.stop()
        #expect(addresses.count == 4)
        #expect(addresses.map(\.description)[1] == "unix:\(path)")
        #expect(lines == [String](repeating: Self.healthy, count: 4))
        #expect(!folder.names.contains("server.sock"))
    }

    @Test func `a place that is taken is refused with a sentence`() async throws {
        try await TestServer.run { server in
            let folder = TemporaryFolder()
            let settings = try TestServer.settings(["--listen", "127.0.0.1:\(server.port)"], in: folder)
            let other = try await Application.build(settings, logger: .disabled)
            let error = #expect(throws: StartError.self) { try other.listen() }
            await other.stop()
            #expect(error?.description.contains("\(server.port)") == true, "\(error as Any)")
            #expect(error?.description.hasSuffix(".") == true)
        }
    }

    @Test func `the database lies where the settings say, and the keys in the data directory`() async throws {
        let (data, elsewhere) = (TemporaryFolder(), TemporaryFolder())
        let settings = try AppSettings.catalog.load(
            arguments: ["--port", "0", "--threads", "1", "--data", data.path, "--public", TestServer.publicFolder],
            environment: ["DATABASE_URL": "sqlite:///\(elsewhere.file("chat.db"))"])
        let application = try await Application.build(settings, logger: .disabled)
        try await application.chat.createRoom("room", password: "x")
        await application.stop()
        #expect(elsewhere.names.contains("chat.db"))
        #expect(data.names == ["encryption.keys", "files", "signing.key"])
    }

    @Test(arguments: [true, false])
    func `the lobby is open to guests, or it is not`(isOpen: Bool) async throws {
        try await TestServer.run(["--lobby-guests", isOpen ? "on" : "off"]) { server in
            let ann = try await server.connect()
            let answer = try await ann.join("lobby", as: "ann", password: nil)
            #expect((answer["status"] == "success") == isOpen, "\(answer)")
        }
    }

    /// Whether a client that trusts only this certificate is let in, and heard.
    private static func isTrusted(_ trusted: TLSContext, port: UInt16) async -> Bool {
        var options = ClientOptions()
        options.tls = trusted
        options.transports = [.webSocket]
        guard let client = try? SocketIOClient("https://127.0.0.1:\(port)", options: options) else { return false }
        let isConnected = (try? await client.connect()) != nil
        client.disconnect()
        return isConnected
    }

    @Test func `a certificate is read again when it is told to, and what is none is not taken`() async throws {
        let certificate = try TestCertificate()
        let arguments = ["--tls-cert", certificate.certificatePath, "--tls-key", certificate.keyPath]
        try await TestServer.run(arguments) { server in
            let before = try TLSContext(clientTrusting: certificate.certificatePath)
            #expect(await Self.isTrusted(before, port: server.port))
            try certificate.renew()
            let after = try TLSContext(clientTrusting: certificate.certificatePath)
            #expect(await Self.isTrusted(before, port: server.port))
            server.application.reloadCertificate()
            #expect(await Self.isTrusted(after, port: server.port))
            #expect(await !Self.isTrusted(before, port: server.port))
            certificate.spoil()
            server.application.reloadCertificate()
            #expect(await Self.isTrusted(after, port: server.port))
        }
    }

    @Test func `a server whose certificate cannot be read does not start`() async throws {
        let settings = try TestServer.settings(
            ["--tls-cert", "/nowhere.crt", "--tls-key", "/nowhere.key"], in: TemporaryFolder())
        let error = await #expect(throws: StartError.self) { try await Application.build(settings, logger: .disabled) }
        #expect(error?.description.contains("/nowhere.crt") == true)
    }
}
