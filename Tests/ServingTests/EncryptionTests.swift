import Bytes
import EngineIO
import EventLoops
import ParleyTesting
import Routing
import TLS
import Testing

@testable import Serving

/// Answers each message by as many as it says.
private struct Choir: EngineApplication {
    var engineOptions = EchoEngine().engineOptions

    func started(on loops: [any EventLoop]) {}
    func opened(_ session: any EngineSession) -> any EngineSessionDelegate { Voice(session) }
    func stopping() async {}

    private final class Voice: EngineSessionDelegate {
        private weak var session: (any EngineSession)?

        init(_ session: any EngineSession) { self.session = session }

        func received(text: RawSpan) {
            let text = SharedBytes(text)
            for _ in 0..<50 { session?.send(OutgoingMessage(text: text)) }
        }

        func received(binary: RawSpan) {}
        func closed(_ reason: EngineCloseReason) {}
    }
}

@Suite("Encryption of what is written", .timeLimit(.minutes(10)))
struct EncryptionTests {
    private static let webSocket = "/engine.io/?EIO=4&transport=websocket"

    private static func talk<Result: Sendable>(
        _ setup: ServerSetup, _ body: @escaping @Sendable (WireClient, TLSCipher) throws -> Result
    ) async throws -> Result {
        let certificate = try TestCertificate()
        let context = try TLSContext(certificatePath: certificate.certificatePath, keyPath: certificate.keyPath)
        return try await conversation(setup.with { $0.tls = context }) { wire in
            let client = try wire.connect()
            let trusted = try TLSContext(clientTrusting: certificate.certificatePath)
            return try body(client, TLSCipher.secure(client, trusted))
        }
    }

    @Test func `all that is written in one turn is one record`() async throws {
        let sizes = try await Self.talk(ServerSetup().with { $0.applications = [Choir()] }) { client, cipher in
            guard try client.openWebSocket(Self.webSocket) == nil else { return [] as [Int] }
            _ = try client.nextFrame()
            cipher.forgetRecords()
            try client.frame("4hello")
            for _ in 0..<50 where try client.nextFrame() != "4hello" { return [-1] }
            return cipher.records
        }
        // Fifty frames of eight bytes, the type of the content and its tag (RFC 8446 section 5.2).
        #expect(sizes == [50 * 8 + 1 + 16])
    }

    @Test func `much of one turn arrives whole and in order`() async throws {
        let setup = ServerSetup { $0.maxBufferedBytes = 8 << 20 }.with { $0.applications = [Choir()] }
        let isWhole = try await Self.talk(setup) { client, _ in
            guard try client.openWebSocket(Self.webSocket) == nil else { return false }
            _ = try client.nextFrame()
            let text = "4" + String(repeating: "x", count: TestSize.count(30_000, sanitized: 3000))
            try client.frame(text)
            for _ in 0..<50 where try client.nextFrame() != text { return false }
            return true
        }
        #expect(isWhole)
    }

    @Test func `a small answer is one record, and so is the answer to each of several requests at once`() async throws {
        let setup = ServerSetup().with { $0.routes = { router in router.get("/n") { _ in .text("n") } } }
        let counts = try await Self.talk(setup) { client, cipher in
            // What follows a handshake, such as tickets, has come with the first answer.
            _ = try client.exchange("GET", "/n")
            cipher.forgetRecords()
            _ = try client.exchange("GET", "/n")
            let one = cipher.records.count
            cipher.forgetRecords()
            try client.send(String(repeating: "GET /n HTTP/1.1\r\nHost: a\r\n\r\n", count: 3))
            for _ in 0..<3 { _ = try client.answer() }
            return [one, cipher.records.count <= 3 ? 3 : cipher.records.count]
        }
        #expect(counts == [1, 3])
    }
}
