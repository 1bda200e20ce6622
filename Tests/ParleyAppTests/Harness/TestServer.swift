import Bytes
import Chat
import EngineIO
import JSON
import Logging
import Network
import ParleyTesting
import Settings
import SocketIOClient
import Testing

@testable import ParleyApp

/// The whole program on a free port, over a data folder of its own.
final class TestServer: Sendable {
    let application: Application
    let port: UInt16
    let folder: TemporaryFolder

    static let password = "correct horse"

    /// The folder `Public` of the package, wherever the tests run.
    static let publicFolder = "\(#filePath.split(separator: "/").dropLast(4).map { "/\($0)" }.joined())/Public"

    /// What is in it, read once for all tests.
    static let publicFiles = Result { try PublicFiles(directory: publicFolder) }

    private init(_ application: Application, port: UInt16, folder: TemporaryFolder) {
        (self.application, self.port, self.folder) = (application, port, folder)
    }

    static func settings(_ arguments: [String], in folder: TemporaryFolder) throws -> Settings {
        var own = ["--port", "0", "--threads", "2", "--data", folder.path, "--public", publicFolder]
        // Most tests say more in a moment than people do.
        if !arguments.contains("--rate-limits") { own += ["--rate-limits", "off"] }
        return try AppSettings.catalog.load(arguments: own + arguments)
    }

    /// Starts a server; whoever does stops it.
    static func start(_ arguments: [String] = [], in folder: TemporaryFolder) async throws -> TestServer {
        let application = try await Application.build(
            settings(arguments, in: folder), files: publicFiles.get(), logger: .disabled)
        do {
            let address = try #require(try application.listen().first)
            return TestServer(application, port: UInt16(address.port ?? 0), folder: folder)
        } catch {
            await application.stop()
            throw error
        }
    }

    /// Runs `body` with a server in which the room `room` exists.
    static func run(
        _ arguments: [String] = [], in folder: TemporaryFolder = TemporaryFolder(),
        _ body: (TestServer) async throws -> Void
    ) async throws {
        let server = try await start(arguments, in: folder)
        do {
            try await server.application.chat.createRoom("room", password: password)
            try await body(server)
        } catch {
            await server.application.stop()
            throw error
        }
        await server.application.stop()
    }

    /// A connected client.
    ///
    /// - Parameters:
    ///   - auth: what the handshake shows.
    ///   - transports: WebSocket at once unless told.
    func connect(
        auth: JSONValue? = nil, headers: [(name: String, value: String)] = [],
        transports: [EngineTransport] = [.webSocket]
    ) async throws -> Person {
        var options = ClientOptions()
        options.transports = transports
        options.headers = headers
        // One that came back would come to the server of another test, on the same port.
        var reconnection = ReconnectionOptions()
        reconnection.isEnabled = false
        let person = Person(
            try SocketIOClient("http://127.0.0.1:\(port)", auth: auth, options: options, reconnection: reconnection))
        try await person.client.connect()
        return person
    }

    /// A client that has joined `room` with its password.
    func member(_ name: String, transports: [EngineTransport] = [.webSocket]) async throws -> Person {
        let person = try await connect(transports: transports)
        let answer = try await person.join("room", as: name)
        try #require(answer["status"] == "success", "\(answer)")
        return person
    }
}
