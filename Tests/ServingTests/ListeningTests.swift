import Bytes
import EngineIO
import Network
import ParleyTesting
import Routing
import TLS
import Testing

@testable import Serving

@Suite("Where a server listens", .timeLimit(.minutes(10)))
struct ListeningTests {
    private static let loopback = SocketAddress.internet(IPAddress(v4: 0x7f00_0001), port: 0)

    private static let setup = ServerSetup().with { setup in
        setup.applications = [EchoEngine()]
        setup.routes = { router in router.get("/") { .text("[\($0.remoteAddress)] \($0.isSecure)") } }
    }

    /// Asks for what a route knows of the connection, and for an echo over a WebSocket.
    private static func talk(_ connect: () throws -> WireClient) throws -> [String] {
        let client = try connect()
        let line = try client.exchange("GET", "/").line
        let socket = try connect()
        guard try socket.openWebSocket("/engine.io/?EIO=4&transport=websocket") == nil else {
            return [line, "refused"]
        }
        _ = try socket.nextFrame()
        try socket.frame("4hello")
        return [line, try socket.nextFrame()]
    }

    @Test func `a unix socket serves requests and sessions, without an address of the client`() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("server.sock")
        let lines = try await conversation(Self.setup.with { $0.address = .unix(path: path) }) { _ in
            try Self.talk { try WireClient(path: path) }
        }
        #expect(lines == ["200 [] false", "4hello"])
        #expect(folder.names == [])
    }

    @Test func `IPv6 serves requests and sessions`() async throws {
        let address = SocketAddress.internet(IPAddress(high: 0, low: 1), port: 0)
        let lines = try await conversation(Self.setup.with { $0.address = address }) { wire in
            try Self.talk { try WireClient(port6: wire.port) }
        }
        #expect(lines == ["200 [::1] false", "4hello"])
    }

    @Test func `the address of an IPv4 client on a socket for both is IPv4's`() async throws {
        let address = SocketAddress.internet(IPAddress(high: 0, low: 0), port: 0)
        let lines = try await conversation(Self.setup.with { $0.address = address }) { wire in
            try Self.talk { try wire.connect() }
        }
        #expect(lines == ["200 [127.0.0.1] false", "4hello"])
    }

    @Test func `a new certificate is shown to new connections, and old ones go on`() async throws {
        let certificate = try TestCertificate()
        let context = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
        let before = try TLSContext(clientTrusting: certificate.certificatePath)
        let lines = try await conversation(Self.setup.with { $0.tls = context }) { wire in
            func connect(_ trusted: TLSContext) throws -> WireClient {
                let client = try wire.connect()
                _ = try TLSCipher.secure(client, trusted)
                return client
            }
            let old = try connect(before)
            var lines = [try old.exchange("GET", "/").line]
            try certificate.renew()
            lines.append(try connect(before).exchange("GET", "/").line)
            try context.reload()
            lines.append((try? connect(before)) == nil ? "refused" : "trusted")
            let after = try TLSContext(clientTrusting: certificate.certificatePath)
            return lines + (try Self.talk { try connect(after) }) + [try old.exchange("GET", "/").line]
        }
        let served = "200 [127.0.0.1] true"
        #expect(lines == [served, served, "refused", served, "4hello", served])
    }

    /// Whether the server takes the connection: one too many is closed without a word.
    private static func isServed(_ client: WireClient) -> Bool {
        (try? client.exchange("GET", "/").status) == 200
    }

    @Test func `one connection more than there may be is closed, and its place is free after another's end`()
        async throws
    {
        let served = try await conversation(Self.setup.with { $0.options.maxConnections = 3 }) { wire in
            var clients = [try wire.connect(), try wire.connect(), try wire.connect()]
            var served = clients.map { Self.isServed($0) }
            served.append(Self.isServed(try wire.connect()))
            clients.removeFirst().hangUp()
            while wire.server.connectionCount == 3 { usleepBriefly() }
            served.append(Self.isServed(try wire.connect()))
            return served
        }
        #expect(served == [true, true, true, false, true])
    }

    @Test func `all addresses of a server share the bound on its connections`() async throws {
        let folder = TemporaryFolder()
        let path = folder.file("server.sock")
        let served = try await conversation(Self.setup.with { $0.options.maxConnections = 3 }) { wire in
            try wire.server.listen(.unix(path: path))
            let other = try wire.server.listen(Self.loopback)
            let port = UInt16(other.port ?? 0)
            let clients = [try wire.connect(), try WireClient(path: path), try WireClient(port: port)]
            var served = clients.map { Self.isServed($0) }
            for client in [try wire.connect(), try WireClient(path: path), try WireClient(port: port)] {
                served.append(Self.isServed(client))
            }
            clients[1].hangUp()
            while wire.server.connectionCount == 3 { usleepBriefly() }
            served.append(Self.isServed(try WireClient(port: port)))
            return served
        }
        #expect(served == [true, true, true, false, false, false, true])
    }
}
