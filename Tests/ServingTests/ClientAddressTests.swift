import Bytes
import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Addresses behind proxies", .timeLimit(.minutes(10)))
struct ClientAddressTests {
    private static let trusted = ["127.0.0.0/8", "10.0.0.0/8", "2001:db8:1::/48"].compactMap { CIDR($0) }

    private static func fields(_ name: String, _ values: [String]) -> HTTPHeaders {
        var headers = HTTPHeaders()
        for value in values { headers.add(name, value) }
        return headers
    }

    @Test(arguments: [
        ("192.0.2.1", ["203.0.113.7"], "192.0.2.1"), ("192.0.2.1", [], "192.0.2.1"),
        // A stranger says that it is a proxy.
        ("192.0.2.1", ["203.0.113.7, 127.0.0.1"], "192.0.2.1"),
        ("127.0.0.1", [], "127.0.0.1"), ("127.0.0.1", [""], "127.0.0.1"),
        ("127.0.0.1", ["203.0.113.7"], "203.0.113.7"), ("10.1.2.3", ["203.0.113.7"], "203.0.113.7"),
        ("2001:db8:1::5", ["203.0.113.7"], "203.0.113.7"), ("2001:db8:2::5", ["203.0.113.7"], "2001:db8:2::5"),
        // What the client wrote stands left of what the proxy wrote.
        ("127.0.0.1", ["1.1.1.1, 203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["10.0.0.9, 203.0.113.7"], "203.0.113.7"),
        ("127.0.0.1", ["1.1.1.1", "203.0.113.7"], "203.0.113.7"),
        // Several proxies of one's own.
        ("127.0.0.1", ["203.0.113.7, 10.0.0.1"], "203.0.113.7"),
        ("127.0.0.1", ["203.0.113.7", "10.0.0.2", "10.0.0.1"], "203.0.113.7"),
        ("127.0.0.1", ["1.1.1.1, 203.0.113.7 , 10.0.0.2,10.0.0.1"], "203.0.113.7"),
        // Nobody but proxies: the first of them asked.
        ("127.0.0.1", ["10.0.0.2, 10.0.0.1"], "10.0.0.2"),
        // What is no address says nothing, and neither does what stands left of it.
        ("127.0.0.1", ["unknown"], "127.0.0.1"), ("127.0.0.1", ["1.1.1.1, unknown"], "127.0.0.1"),
        ("127.0.0.1", ["1.1.1.1, unknown, 10.0.0.1"], "10.0.0.1"),
        ("127.0.0.1", ["203.0.113.7:80"], "127.0.0.1"), ("127.0.0.1", ["203.0.113.300"], "127.0.0.1"),
        ("127.0.0.1", ["2001:DB8:2:0:0::7"], "2001:db8:2::7"), ("127.0.0.1", ["::ffff:203.0.113.7"], "203.0.113.7"),
        // A unix socket has no address to trust.
        ("", ["203.0.113.7"], ""),
    ])
    func `the client is the last address that no trusted proxy has`(peer: String, fields: [String], client: String) {
        let headers = Self.fields("X-Forwarded-For", fields)
        #expect(ClientAddress.resolve(peer: peer, headers: headers, trusted: Self.trusted) == client)
        #expect(ClientAddress.resolve(peer: peer, headers: headers, trusted: []) == peer)
    }

    @Test(arguments: [
        ("127.0.0.1", ["https"], true), ("127.0.0.1", ["HTTPS"], true), ("127.0.0.1", ["http"], false),
        ("127.0.0.1", [], false), ("192.0.2.1", ["https"], false), ("127.0.0.1", ["https, http"], false),
        ("127.0.0.1", ["http, https"], true), ("127.0.0.1", ["https", "http"], false),
        ("127.0.0.1", ["http", "https"], true), ("127.0.0.1", ["https,"], true), ("127.0.0.1", ["httpss"], false),
    ])
    func `the last word on encryption is the trusted proxy's`(peer: String, fields: [String], isSecure: Bool) {
        let headers = Self.fields("X-Forwarded-Proto", fields)
        #expect(ClientAddress.isForwardedSecure(peer: peer, headers: headers, trusted: Self.trusted) == isSecure)
        #expect(!ClientAddress.isForwardedSecure(peer: peer, headers: headers, trusted: []))
    }

    @Test(
        arguments: [
            (nil, "127.0.0.1 false", "127.0.0.1 false"), ("127.0.0.1/32", "203.0.113.7 true", "127.0.0.1 false"),
            ("127.0.0.2/32", "127.0.0.1 false", "127.0.0.1 false"),
        ] as [(String?, String, String)])
    func `a route is told the address that counts`(trusted: String?, forwarded: String, otherwise: String) async throws
    {
        let setup = ServerSetup { $0.trustedProxies = trusted.flatMap { CIDR($0) }.map { [$0] } ?? [] }.with {
            $0.routes = { router in router.get("/") { .text("\($0.remoteAddress) \($0.isSecure)") } }
        }
        let lines = try await conversation(setup) { wire in
            // The same connection carries requests of several clients.
            let client = try wire.connect()
            let fields = ["X-Forwarded-For: 1.1.1.1", "X-Forwarded-For: 203.0.113.7", "X-Forwarded-Proto: http, https"]
            let others = ["Forwarded: for=203.0.113.7;proto=https", "X-Real-IP: 203.0.113.7", "Client-IP: 203.0.113.7"]
            return [
                try client.exchange("GET", "/", headers: fields).line,
                try client.exchange("GET", "/", headers: others).line,
            ]
        }
        #expect(lines == ["200 \(forwarded)", "200 \(otherwise)"])
    }
}
