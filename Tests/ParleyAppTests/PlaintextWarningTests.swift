import Bytes
import Network
import Testing

@testable import ParleyApp

@Suite struct PlaintextWarningTests {
    private func addresses(_ texts: [String]) throws -> [SocketAddress] {
        try texts.map { .internet(try #require(IPAddress($0)), port: 10_000) } + [.unix(path: "/run/parley.sock")]
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1", "2001:db8::1"])
    func `an address that others reach without encryption is named`(_ address: String) throws {
        let open = try addresses(["127.0.0.1", address])
        let text = try #require(PlaintextWarning.text(for: open, isEncrypted: false, hasProxy: false))
        #expect(text.contains("\(open[1]) is not encrypted: give --tls-cert"))
        #expect(PlaintextWarning.text(for: open, isEncrypted: true, hasProxy: false) == nil)
        #expect(PlaintextWarning.text(for: open, isEncrypted: false, hasProxy: true) == nil)
    }

    @Test func `nobody is warned of the loopback and of unix sockets`() throws {
        let own = try addresses(["127.0.0.1", "127.9.9.9", "::1"])
        #expect(PlaintextWarning.text(for: own, isEncrypted: false, hasProxy: false) == nil)
    }
}
