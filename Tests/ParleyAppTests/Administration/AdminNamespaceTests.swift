import Bytes
import Chat
import JSON
import ParleyTesting
import SocketIOClient
import Testing

@testable import Accounts
@testable import ParleyApp

@Suite("The namespace of administrators", .timeLimit(.minutes(10))) struct AdminNamespaceTests {
    /// A client of `/admin` and what it has heard.
    private final class Watcher: Sendable {
        let client: SocketIOClient
        private let log = Locked<[(event: String, arguments: [JSONValue])]>([])

        private static let events = [
            "figures", "user_created", "user_changed", "user_deleted", "room_created", "room_deleted", "session",
            "config",
            "all_sockets", "server_stats", "socket_connected", "socket_disconnected", "room_joined", "room_left",
            "disconnect",
        ]

        init(_ server: TestServer, auth: JSONValue) async throws {
            client = try SocketIOClient("http://127.0.0.1:\(server.port)/admin", auth: auth)
            for event in Self.events {
                client.on(event) { [log] arguments, _ in log.withLock { $0.append((event, arguments)) } }
            }
            try await client.connect()
        }

        func heard(_ event: String) -> [[JSONValue]] {
            log.withLock { $0.filter { $0.event == event }.map(\.arguments) }
        }

        func hears(_ event: String, _ condition: @escaping @Sendable ([JSONValue]) -> Bool = { _ in true }) async throws
        {
            let isHeard = await comesTrue { self.heard(event).contains(where: condition) }
            try #require(isHeard, "\(event)")
        }
    }

    private func logIn(_ server: TestServer, _ handle: String, _ role: Role) async throws -> TokenPair {
        var registration = Registration(handle: handle, password: "secret123")
        registration.role = role
        let accounts = server.application.accounts
        return try await accounts.begin(try await accounts.register(registration), on: Device())
    }

    @Test func `only administrators come in`() async throws {
        try await TestServer.run { server in
            let mod = try await logIn(server, "mod", .moderator)
            let refused: [JSONValue] = [
                [:], ["token": "x"], ["token": .string(mod.access)], ["username": "mod", "password": "secret123"],
                ["username": "boss", "password": "secret123"], ["sessionId": "0123456789abcdef"],
            ]
            for auth in refused {
                await #expect(throws: (any Error).self, "\(auth)") { _ = try await Watcher(server, auth: auth) }
            }
        }
    }

    @Test func `the dashboard hears the figures each second, and of accounts and rooms`() async throws {
        try await TestServer.run { server in
            let boss = try await logIn(server, "boss", .administrator)
            let watcher = try await Watcher(server, auth: ["token": .string(boss.access)])
            try await watcher.hears("figures") {
                $0[0]["sessions"]?["websocket"] == 1 || $0[0]["sessions"]?["polling"] == 1
            }
            _ = try await logIn(server, "ann", .member)
            try await watcher.hears("user_created") { $0[0]["username"] == "ann" && $0[0]["password_hash"] == nil }
            try await server.application.chat.createRoom("club", password: "correct horse")
            try await watcher.hears("room_created") { $0[0]["id"] == "club" }
            try await server.application.chat.deleteRoom("club", for: Caller(.account(boss.account)))
            try await watcher.hears("room_deleted") { $0[0]["id"] == "club" }
            let member = try await server.member("eve")
            for index in 0..<20 { try await member.say("\(index)") }
            try await watcher.hears("figures") { ($0[0]["messages_per_second"]?.doubleValue ?? 0) > 0 }
        }
    }

    @Test func `who is an administrator no longer, or logged out, is let go`() async throws {
        try await TestServer.run { server in
            let accounts = server.application.accounts
            let first = try await logIn(server, "boss", .administrator)
            let second = try await logIn(server, "other", .administrator)
            let boss = try Administrator(try await accounts.identity(of: first.access), from: nil)
            let other = try await Watcher(server, auth: ["token": .string(second.access)])
            try await other.hears("figures")
            _ = try await accounts.change("other", AdministrativeChange(role: .member), by: boss)
            try await other.hears("disconnect")
            let own = try await Watcher(server, auth: ["token": .string(first.access)])
            try await own.hears("figures")
            try await accounts.endSessions(of: "boss", by: boss)
            try await own.hears("disconnect")
        }
    }

    @Test func `Socket.IO's Admin UI sees connections, and nothing that proves who they are`() async throws {
        try await TestServer.run { server in
            _ = try await logIn(server, "boss", .administrator)
            let ann = try await logIn(server, "ann", .member)
            let before = try await server.connect(
                auth: ["token": .string(ann.access)], headers: [(name: "Cookie", value: "secret=canary")])
            #expect(try await before.join("room", as: "ann")["status"] == "success")
            let ui = try await Watcher(server, auth: ["username": "boss", "password": "secret123"])
            try await ui.hears("config") { $0[0]["supportedFeatures"] == ["AGGREGATED_EVENTS"] }
            try await ui.hears("all_sockets") { $0[0][0]?["nsp"] == "/" && $0[0][1] == nil }
            try await ui.hears("server_stats") { $0[0]["clientsCount"] == 1 }
            let after = try await server.member("eve")
            try await ui.hears("socket_connected") { $0[1].stringValue?.hasSuffix("Z") == true }
            try await ui.hears("room_joined") { $0[0] == "/" && $0[1].stringValue?.hasPrefix("room:") == true }
            after.client.disconnect()
            try await ui.hears("socket_disconnected") { $0[0] == "/" && $0[2] == "client namespace disconnect" }
            let shown = "\(ui.heard("all_sockets")) \(ui.heard("socket_connected"))"
            #expect(!shown.contains("canary") && !shown.contains(ann.access) && !shown.contains("session:"))
            let id = try #require(ui.heard("session").first?.first?.stringValue)
            #expect(id.count == 16)
            let again = try await Watcher(server, auth: ["sessionId": .string(id)])
            try await again.hears("config")
        }
    }
}
