import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Serving
import Testing

@Suite("Addresses that are served", .timeLimit(.minutes(10)))
struct AddressGateTests {
    private func networks(_ texts: [String]) throws -> [CIDR] { try texts.map { try #require(CIDR($0)) } }

    @Test func `who is in a refused network is let in where a network that is admitted says so`() throws {
        let gate = AddressGate()
        #expect(gate.admits("192.0.2.7"))
        gate.set(
            refused: try networks(["192.0.2.0/24", "2001:db8::/32", "198.51.100.7"]),
            admitted: try networks(["192.0.2.128/25"]))
        for address in ["192.0.2.7", "::ffff:192.0.2.7", "2001:db8:1::1", "198.51.100.7"] {
            #expect(!gate.admits(address), "\(address)")
        }
        for address in ["192.0.2.128", "192.0.3.1", "2001:db9::1", "198.51.100.8", "", "/run/socket"] {
            #expect(gate.admits(address), "\(address)")
        }
        gate.set(refused: [], admitted: [])
        #expect(gate.admits("192.0.2.7"))
    }

    @Test func `this machine is served always`() throws {
        let gate = AddressGate()
        gate.set(refused: try networks(["0.0.0.0/0", "::/0"]), admitted: [])
        #expect(gate.admits("127.0.0.1") && gate.admits("::1") && !gate.admits("192.0.2.1"))
    }

    @Test func `a request from a refused network is answered before any route and any engine`() async throws {
        let gate = AddressGate()
        gate.set(refused: try networks(["198.51.100.0/24"]), admitted: [])
        let proxies = try networks(["127.0.0.1"])
        let setup = ServerSetup { options in
            options.gate = gate
            options.trustedProxies = proxies
        }.with { setup in
            setup.applications = [EchoEngine()]
            setup.routes = { router in router.get("/n") { _ in .text("n") } }
        }
        let engine = "/engine.io/?EIO=4&transport="
        let heads = [
            "GET /n HTTP/1.1", "HEAD /n HTTP/1.1", "GET /none HTTP/1.1", "GET \(engine)polling HTTP/1.1",
            "POST \(engine)polling HTTP/1.1\r\nContent-Length: 5000",
            "GET \(engine)websocket HTTP/1.1\r\n" + WireClient.upgrade.joined(separator: "\r\n"),
        ]
        let answers = try await conversation(setup) { wire in
            try heads.map { head in
                let client = try wire.connect()
                try client.send("\(head)\r\nHost: localhost\r\nX-Forwarded-For: 198.51.100.9\r\n\r\n")
                let answer = try client.answer(takesBody: !head.hasPrefix("HEAD"))
                let isOver = try client.take(1) == nil
                return "\(answer?.status ?? 0) \(answer?.headers["connection"] ?? "-") \(isOver)"
            } + [wire.server.sessionCount.description]
        }
        #expect(answers == heads.map { _ in "403 close true" } + ["0"])
        let lines = try await conversation(setup) { wire in
            let client = try wire.connect()
            return try ["198.51.100.9", "192.0.2.9"].map { address in
                let client = address.hasPrefix("198") ? try wire.connect() : client
                try client.send("GET /n HTTP/1.1\r\nHost: localhost\r\nX-Forwarded-For: \(address)\r\n\r\n")
                return try client.answer()?.line ?? "end"
            }
        }
        #expect(lines == ["403 This server does not serve your network; ask its operator.", "200 n"])
    }
}
