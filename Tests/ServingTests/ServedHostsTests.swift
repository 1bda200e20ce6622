import HTTPWire
import ParleyTesting
import Routing
import Testing

@testable import Serving

@Suite("Names that are served", .timeLimit(.minutes(10)))
struct ServedHostsTests {
    private static let listed = ServedHosts(["chat.example", "*.Below.Example", "whole.example."])

    private func allows(_ hosts: ServedHosts, _ field: String?, isUnixSocket: Bool = false) -> Bool {
        hosts.allow(field, isUnixSocket: isUnixSocket)
    }

    @Test(arguments: [
        "127.0.0.1", "127.0.0.1:8000", "192.0.2.1:80", "[::1]", "[::1]:8000", "[2001:db8::1]:443", "localhost",
        "localhost:8000", "LOCALHOST.", "a.localhost", "a.b.localhost:80",
    ])
    func `an address and the name of the machine itself are served always`(field: String) {
        #expect(allows(ServedHosts([]), field))
        #expect(allows(Self.listed, field))
    }

    @Test(arguments: [
        "chat.example", "chat.example:8000", "CHAT.Example", "chat.example.", "chat.example.:443", "a.below.example",
        "a.b.below.EXAMPLE:1", "whole.example", "whole.example.",
    ])
    func `a listed name is served, however it is written`(field: String) {
        #expect(allows(Self.listed, field))
        #expect(!allows(ServedHosts([]), field))
    }

    @Test(arguments: [
        "example", "a.chat.example", "chat.example.evil", "evilchat.example", "below.example", "evilbelow.example",
        "xlocalhost", "localhost.evil", "127.0.0.1.evil", "1.2.3", "127.1", "0x7f.0.0.1", "127.0.0.01", "2130706433",
        "chat.example..", ".localhost.evil", "chat-example", "a",
    ])
    func `any other name is not`(field: String) {
        #expect(!allows(Self.listed, field))
    }

    @Test func `a star is for any name, and so is no rule`() {
        for hosts in [ServedHosts.any, ServedHosts(["chat.example", "*"])] {
            #expect(hosts.areAny)
            #expect(allows(hosts, "evil.example"))
        }
        #expect(!Self.listed.areAny)
    }

    @Test func `a request without a name is no browser's`() { #expect(allows(ServedHosts([]), nil)) }

    @Test func `a unix socket takes any name where that is asked for`() {
        let hosts = ServedHosts([], anyOnUnixSockets: true)
        #expect(allows(hosts, "a.example", isUnixSocket: true))
        #expect(!allows(hosts, "a.example"))
        #expect(!allows(ServedHosts([]), "a.example", isUnixSocket: true))
    }

    @Test func `a request for another name is refused before any route and any engine`() async throws {
        let setup = ServerSetup { $0.hosts = ServedHosts(["chat.example"]) }.with { setup in
            setup.applications = [EchoEngine()]
            setup.routes = { router in
                router.get("/n") { _ in .text("n") }
                router.post("/n") { _ in .text("n") }
            }
        }
        let engine = "/engine.io/?EIO=4&transport="
        let heads = [
            "GET /n HTTP/1.1", "HEAD /n HTTP/1.1", "GET /none HTTP/1.1", "GET \(engine)polling HTTP/1.1",
            "POST \(engine)polling HTTP/1.1\r\nContent-Length: 5000", "POST /n HTTP/1.1\r\nTransfer-Encoding: chunked",
            "GET \(engine)websocket HTTP/1.1\r\n" + WireClient.upgrade.joined(separator: "\r\n"),
            "OPTIONS \(engine)polling HTTP/1.1\r\nAccess-Control-Request-Method: POST", "GET /n HTTP/1.0",
        ]
        let answers = try await conversation(setup) { wire in
            try heads.map { head in
                let client = try wire.connect()
                try client.send("\(head)\r\nHost: evil.example\r\nOrigin: http://evil.example\r\n\r\n")
                let answer = try client.answer(takesBody: !head.hasPrefix("HEAD"))
                let isOver = try client.take(1) == nil
                return "\(answer?.status ?? 0) \(answer?.headers["connection"] ?? "-") \(isOver)"
            } + [wire.server.sessionCount.description]
        }
        #expect(answers == heads.map { _ in "421 close true" } + ["0"])
    }

    @Test func `a listed name and an address are answered`() async throws {
        let setup = ServerSetup { $0.hosts = ServedHosts(["chat.example"]) }.with {
            $0.routes = { router in router.get("/n") { .text($0.headers.first("host") ?? "none") } }
        }
        let lines = try await conversation(setup) { wire in
            let client = try wire.connect()
            return try ["chat.example:80", "127.0.0.1"].map { host in
                try client.send("GET /n HTTP/1.1\r\nHost: \(host)\r\n\r\n")
                return try client.answer()?.line ?? "end"
            }
        }
        #expect(lines == ["200 chat.example:80", "200 127.0.0.1"])
    }
}
