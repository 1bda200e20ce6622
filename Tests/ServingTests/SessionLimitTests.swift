import EngineIO
import ParleyTesting
import Testing

@Suite("Session limits over the wire", .timeLimit(.minutes(10)))
struct SessionLimitTests {
    @Test func `a handshake that is no WebSocket's takes no place among the sessions`() async throws {
        let engine = EchoEngine {
            $0.maxSessions = 1
            $0.maxUnjoinedSessionsPerAddress = 1
        }
        let lines = try await conversation(with: engine) { wire in
            let path = "/engine.io/?EIO=4&transport=websocket"
            let headers = ["Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13"]
            var lines: [String] = []
            for key in ["Sec-WebSocket-Key: short", "X-No: key"] {
                lines.append("\(try wire.connect().exchange("GET", path, headers: headers + [key]).status)")
            }
            return lines + [try wire.connect().openWebSocket(path)?.line ?? "open"]
        }
        #expect(lines == ["400", "400", "open"])
    }
}
