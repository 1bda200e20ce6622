import Accounts
import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Chat
@testable import ParleyApp

@Suite("What an operator asks for on the server's machine", .timeLimit(.minutes(10))) struct ConsoleTests {
    private func console(_ folder: TemporaryFolder) throws -> Maintenance {
        Maintenance(try TestServer.settings([], in: folder))
    }

    private func newest(_ folder: TemporaryFolder) throws -> AuditEntry {
        try #require(try console(folder).newestAudit(1).last?.entry)
    }

    private func logIn(_ server: TestServer, _ handle: String) async throws -> TokenPair {
        let accounts = server.application.accounts
        let account = try await accounts.register(Registration(handle: handle, password: "secret123"))
        return try await accounts.begin(account, on: Device())
    }

    @Test func `a server that runs does it, and those who are connected feel it`() async throws {
        let folder = TemporaryFolder()
        try await TestServer.run(in: folder) { server in
            let console = try console(folder)
            let tokens = try await logIn(server, "ann")
            let (ann, eve) = (
                try await server.connect(auth: ["token": .string(tokens.access)]), try await server.member("eve")
            )
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
            try await eve.say("spam")
            let ban: [JSONValue.Member] = [
                .init("room", "room"), .init("user", "eve"), .init("remove_messages", 3600), .init("reason", "spam"),
            ]
            let banned = try await console.ask(ConsoleRequest("room.ban", ban))
            #expect(banned["user"] == "eve" && banned["by"] == "system", "\(banned)")
            try await eve.hears("the ban") { $0.heard("removed_from_room").first?["cause"] == "banned" }
            try await ann.hears("the removal") { $0.heard("message_deleted").count == 1 }
            let entry = try newest(folder)
            #expect(entry.action == "member.banned" && entry.actor == nil && entry.reason == "spam")
            #expect(JSONValue.object(entry.details)["via"] == "console")
            let disabled = try await console.ask(ConsoleRequest("user.disable", [.init("user", "ann")]))
            #expect(disabled["disabled"] == true)
            try await ann.hears("the end of the session") { !$0.heard("session_ended").isEmpty }
            #expect(folder.names.contains("parley.db.console"))
        }
        #expect(!folder.names.contains("parley.db.console"))
    }

    @Test func `where no server runs it is done all the same, and noted`() async throws {
        let folder = TemporaryFolder()
        try await TestServer.run(in: folder) { _ in }
        let console = try console(folder)
        let made = try await console.ask(
            ConsoleRequest("user.create", [.init("user", "boss"), .init("role", "administrator")]))
        #expect(made["username"] == "boss" && made["role"] == "administrator")
        #expect(made["link"]?["token"]?.stringValue?.count == 32)
        #expect(try newest(folder).action == "user.link_made")
        let rooms = try await console.ask(ConsoleRequest("room.list"))
        #expect(rooms["rooms"]?.arrayValue?.compactMap { $0["id"]?.stringValue } == ["lobby", "room"])
        let gone = try await console.ask(ConsoleRequest("room.delete", [.init("room", "room")]))
        #expect(gone == [:])
        #expect(try newest(folder).action == "room.deleted")
        try await TestServer.run(in: folder) { server in
            // The room was made anew.
            let report = try await self.console(folder).ask(ConsoleRequest("room.show", [.init("room", "room")]))
            #expect(report["messages"] == 0)
            #expect(try await server.application.accounts.account(named: "boss")?.role == .administrator)
        }
        #expect(try console.verifyAudit(backup: nil).fault == nil)
    }

    @Test func `a password that is set ends the sessions, and a refusal says why`() async throws {
        let folder = TemporaryFolder()
        try await TestServer.run(in: folder) { server in
            let (console, accounts) = (try console(folder), server.application.accounts)
            _ = try await logIn(server, "ann")
            let shown = try await console.ask(ConsoleRequest("user.show", [.init("user", "ann")]))
            #expect(shown["sessions"]?.arrayValue?.count == 1)
            let set = [JSONValue.Member("user", "ann"), .init("password", "another secret")]
            #expect(try await console.ask(ConsoleRequest("user.password", set)) == [:])
            _ = try await accounts.logIn("ann", password: "another secret", on: Device())
            let sessions = try await console.ask(ConsoleRequest("user.sessions", [.init("user", "ann")]))
            let id = try #require(sessions["sessions"]?[0]?["id"])
            #expect(sessions["sessions"]?.arrayValue?.count == 1)
            let one = [JSONValue.Member("user", "ann"), .init("session", id)]
            #expect(try await console.ask(ConsoleRequest("user.revoke", one)) == [:])
            #expect(try await console.ask(ConsoleRequest("user.revoke", one))["error"]?["code"] == "not_found")
            for (command, arguments, code) in [
                ("user.show", [.init("user", "nobody")], "not_found"), ("user.show", [], "missing"),
                ("user.role", [.init("user", "ann"), .init("role", "king")], "invalid"),
                ("room.show", [.init("room", "nowhere")], "not_found"), ("user.dance", [], "unknown_command"),
                ("room.delete", [.init("room", "lobby")], "belongs_to_server"), ("", [], "unknown_command"),
            ] as [(String, [JSONValue.Member], JSONValue)] {
                let answer = try await console.ask(ConsoleRequest(command, arguments))
                #expect(answer["error"]?["code"] == code, "\(command): \(answer)")
            }
        }
    }
}
