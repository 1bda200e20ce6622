import Bytes
import EngineIO
import ParleyTesting
import Testing

@testable import Serving

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

    /// Opens sessions from these addresses, as a trusted proxy tells them, and gives what became of each.
    private func statuses(_ addresses: [String], _ change: (inout EngineOptions) -> Void) async throws -> [Int] {
        let setup = ServerSetup { $0.trustedProxies = [CIDR("127.0.0.1/32")].compactMap { $0 } }.with { setup in
            setup.applications = [EchoEngine(change)]
        }
        return try await conversation(setup) { wire in
            try addresses.map { address in
                try wire.connect().exchange(
                    "GET", "/engine.io/?EIO=4&transport=polling", headers: ["X-Forwarded-For: \(address)"]
                ).status
            }
        }
    }

    @Test func `one address has so many sessions and not one more, and others have theirs`() async throws {
        let addresses = ["192.0.2.1", "192.0.2.1", "::ffff:192.0.2.1", "192.0.2.2", "192.0.2.1"]
        #expect(try await statuses(addresses) { $0.maxSessionsPerAddress = 2 } == [200, 200, 503, 200, 503])
    }

    @Test func `what one customer has of IPv6 is one address`() async throws {
        let addresses = ["2001:db8::1", "2001:db8::2", "2001:db8:0:0:ffff::3", "2001:db8:0:1::1"]
        let few = [200, 200, 503, 200]
        #expect(try await statuses(addresses) { $0.maxSessionsPerAddress = 2 } == few)
        #expect(try await statuses(addresses) { $0.maxUnjoinedSessionsPerAddress = 2 } == few)
    }

    @Test func `sessions that joined count for their address until they end`() {
        let census = SessionCensus()
        let limits = SessionCensus.Limits(sessions: 10, perAddress: 2, unjoinedPerAddress: 1)
        #expect(census.admit("a", limits) == .admitted && census.admit("a", limits) == .tooManyUnjoined)
        census.joined("a")
        #expect(census.admit("a", limits) == .admitted)
        census.joined("a")
        #expect(census.admit("a", limits) == .tooMany)
        census.ended("a", hadJoined: true)
        #expect(census.admit("a", limits) == .admitted && census.admit("a", limits) == .tooMany)
        census.ended("a", hadJoined: false)
        #expect(census.admit("a", limits) == .admitted)
        census.ended("a", hadJoined: false)
        census.ended("a", hadJoined: true)
        #expect(census.total == 0 && census.addressCount == 0)
    }
}
