import Bytes
import Network
import Serving
import Settings
import Testing

@testable import ParleyApp

@Suite("Names that a server goes by") struct ServedHostsSettingsTests {
    private func hosts(_ arguments: [String], at addresses: [String], unix: Bool = false) throws -> ServedHosts {
        let settings = try AppSettings.catalog.load(arguments: arguments)
        var bound: [SocketAddress] = try addresses.map { .internet(try #require(IPAddress($0)), port: 10_000) }
        if unix { bound.append(.unix(path: "/run/parley.sock")) }
        return ServedHosts(settings, listeningAt: bound)
    }

    @Test func `a server that only this machine reaches goes by no name but its own`() throws {
        let own = ServedHosts(["127.0.0.1"], anyOnUnixSockets: true)
        #expect(try hosts([], at: ["127.0.0.1"]) == own)
        #expect(try hosts([], at: ["127.0.0.1", "::1", "127.9.9.9"], unix: true) == own)
        #expect(try hosts(["--host", "desk"], at: ["127.0.1.1"]) == ServedHosts(["desk"], anyOnUnixSockets: true))
    }

    @Test(arguments: ["0.0.0.0", "::", "192.0.2.1"])
    func `one that others reach goes by any`(address: String) throws {
        #expect(try hosts([], at: [address]).areAny)
        #expect(try hosts([], at: ["127.0.0.1", address], unix: true).areAny)
    }

    @Test func `one behind a proxy goes by any`() throws {
        #expect(try hosts(["--trusted-proxies", "127.0.0.1"], at: ["127.0.0.1"]).areAny)
    }

    @Test func `listed names hold wherever it listens`() throws {
        for address in ["127.0.0.1", "0.0.0.0"] {
            let arguments = ["--hosts", "chat.example,*.chat.example", "--host", "desk"]
            let listed = ServedHosts(["chat.example", "*.chat.example", "desk"])
            #expect(try hosts(arguments, at: [address]) == listed)
            #expect(try hosts(arguments + ["--trusted-proxies", "::1"], at: [address], unix: true) == listed)
            #expect(try hosts(["--hosts", "*"], at: [address]).areAny)
        }
    }

    @Test func `names are read in lower case`() throws {
        let settings = try AppSettings.catalog.load(arguments: [
            "--hosts", "Chat.Example, *.Below.example.,*,127.0.0.1",
        ])
        #expect(settings[AppSettings.hosts] == ["chat.example", "*.below.example.", "*", "127.0.0.1"])
    }

    @Test(arguments: ["http://a", "a:80", "*a", "a.*", "*.", "*.*", "**", "a/b", "a b", "a@b", "[::1]", "ä.example"])
    func `what is no name is refused`(text: String) {
        #expect(throws: SettingsError.self) { try AppSettings.catalog.load(arguments: ["--hosts", text]) }
    }
}
