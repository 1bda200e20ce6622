import Accounts
import Bytes
import Chat
import ChatStorage
import EngineIO
import HTTPWire
import JSON
import ParleyTesting
import Routing
import Testing

@testable import ParleyApp

@Suite("Networks that are not served", .timeLimit(.minutes(10))) struct NetworkRulesTests {
    private static let blocks = "/api/v1/admin/blocks"

    private func refusal(_ answer: Response) -> String {
        "\(answer.status.code) \(answer.json["error"]?["code"]?.stringValue ?? "-")"
    }

    private func boss(_ harness: RouteHarness) async throws -> HTTPHeaders {
        var headers = try await harness.logIn("boss", as: .administrator)
        headers.add("Confirm-Password", "secret123")
        return headers
    }

    @Test func `rules are added, listed and removed`() async throws {
        let harness = try await RouteHarness(["--blocked-networks", "203.0.113.0/24"])
        let boss = try await boss(harness)
        let made = await harness.post(Self.blocks, ["network": "198.51.100.7", "reason": "noise"], boss)
        #expect(made.status == .created && made.json["network"] == "198.51.100.7" && made.json["by"] == "boss")
        _ = await harness.post(Self.blocks, ["network": "2001:db8::1", "kind": "allow"], boss)
        let list = await harness.ask(.get, Self.blocks, boss).json["blocks"]?.arrayValue ?? []
        #expect(list.map { $0["network"] } == ["203.0.113.0/24", "198.51.100.7", "2001:db8::/64"])
        #expect(list.map { $0["source"] } == ["setting", "administrator", "administrator"])
        #expect(await harness.ask(.delete, Self.blocks + "?network=198.51.100.7", boss).status == .noContent)
        #expect(refusal(await harness.ask(.delete, Self.blocks + "?network=198.51.100.7", boss)) == "404 not_found")
        for bad in ["", "x", "1.2.3.4/33"] {
            #expect(await harness.post(Self.blocks, ["network": .string(bad)], boss).status == .unprocessableContent)
        }
    }

    @Test func `nobody shuts themselves out`() async throws {
        let harness = try await RouteHarness()
        let boss = try await boss(harness)
        #expect(refusal(await harness.post(Self.blocks, ["network": "192.0.2.0/24"], boss)) == "409 covers_you")
        #expect(refusal(await harness.post(Self.blocks, ["network": "0.0.0.0/0"], boss)) == "409 covers_you")
        #expect(await harness.post(Self.blocks, ["network": "192.0.2.1", "kind": "allow"], boss).status == .created)
        #expect(await harness.post(Self.blocks, ["network": "0.0.0.0/0"], boss).status == .created)
        #expect(refusal(await harness.ask(.delete, Self.blocks + "?network=192.0.2.1", boss)) == "409 covers_you")
    }

    @Test func `there are as many rules as the setting allows`() async throws {
        let harness = try await RouteHarness(["--network-rules", "1"])
        let boss = try await boss(harness)
        #expect(await harness.post(Self.blocks, ["network": "198.51.100.7"], boss).status == .created)
        #expect(await harness.post(Self.blocks, ["network": "198.51.100.7", "kind": "allow"], boss).status == .created)
        #expect(refusal(await harness.post(Self.blocks, ["network": "198.51.100.8"], boss)) == "409 full")
    }

    @Test(arguments: [true, false])
    func `a network that is blocked is closed and refused, over each transport`(isPolling: Bool) async throws {
        try await TestServer.run(["--trusted-proxies", "127.0.0.1"]) { server in
            let accounts = server.application.accounts
            var registration = Registration(handle: "boss", password: "secret123")
            registration.role = .administrator
            let account = try await accounts.register(registration)
            let tokens = try await accounts.begin(account, on: Device())
            let boss = try Administrator(try await accounts.identity(of: tokens.access), from: IPAddress("192.0.2.1"))
            func connect(from address: String) async throws -> Person {
                try await server.connect(
                    headers: [(name: "X-Forwarded-For", value: address)],
                    transports: [isPolling ? .polling : .webSocket])
            }
            let (eve, ann) = (try await connect(from: "198.51.100.7"), try await connect(from: "192.0.2.7"))
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
            #expect(try await eve.join("room", as: "eve")["status"] == "success")
            let rules = server.application.networks
            let rule = NetworkRule(
                .block, try #require(CIDR("198.51.100.0/24")), reason: "", by: "boss", at: accounts.now)
            try await rules.add(rule, by: boss)
            try await ann.hears("that eve is gone") { $0.heard("online_count").last?["count"] == 1 }
            await #expect(throws: (any Error).self) { _ = try await connect(from: "198.51.100.9") }
            #expect(try await ann.say("still here")["status"] == "success")
            try await rules.remove(rule.network, by: boss)
            let back = try await connect(from: "198.51.100.9")
            #expect(try await back.join("room", as: "eve")["status"] == "success")
        }
    }

    @Test func `rules hold after a restart`() async throws {
        let folder = TemporaryFolder()
        let network = try #require(CIDR("198.51.100.0/24"))
        try await TestServer.run(in: folder) { server in
            let accounts = server.application.accounts
            var registration = Registration(handle: "boss", password: "secret123")
            registration.role = .administrator
            let tokens = try await accounts.begin(try await accounts.register(registration), on: Device())
            let boss = try Administrator(try await accounts.identity(of: tokens.access), from: nil)
            let rule = NetworkRule(.block, network, reason: "", by: "boss", at: accounts.now)
            try await server.application.networks.add(rule, by: boss)
        }
        let server = try await TestServer.start(["--trusted-proxies", "127.0.0.1"], in: folder)
        await #expect(throws: (any Error).self) {
            _ = try await server.connect(headers: [(name: "X-Forwarded-For", value: "198.51.100.9")])
        }
        await server.application.stop()
    }
}
