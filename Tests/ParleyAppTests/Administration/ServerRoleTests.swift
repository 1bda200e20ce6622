import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Accounts
@testable import Chat
@testable import ParleyApp

@Suite("Roles that change while their owners are connected", .timeLimit(.minutes(10))) struct ServerRoleTests {
    private func logIn(_ server: TestServer, _ handle: String, _ role: Role) async throws -> TokenPair {
        var registration = Registration(handle: handle, password: "secret123")
        registration.role = role
        let accounts = server.application.accounts
        return try await accounts.begin(try await accounts.register(registration), on: Device())
    }

    private func boss(_ server: TestServer) async throws -> Administrator {
        let tokens = try await logIn(server, "boss", .administrator)
        return try Administrator(try await server.application.accounts.identity(of: tokens.access), from: nil)
    }

    @Test func `a role that is taken, or given, holds at once for what is open`() async throws {
        try await TestServer.run { server in
            let (boss, accounts) = (try await boss(server), server.application.accounts)
            let tokens = try await logIn(server, "mod", .moderator)
            let mod = try await server.connect(auth: ["token": .string(tokens.access)])
            #expect(try await mod.join("room", as: "mod")["status"] == "success")
            _ = try await server.member("eve")
            let mute: JSONValue = ["room": "room", "target": "eve"]
            #expect(try await mod.ask("mute", mute)["status"] == "success")
            _ = try await accounts.change("mod", AdministrativeChange(role: .member), by: boss)
            #expect(try await mod.ask("unmute", mute)["status"] == "error")
            _ = try await accounts.change("mod", AdministrativeChange(role: .moderator), by: boss)
            #expect(try await mod.ask("unmute", mute)["status"] == "success")
        }
    }

    @Test func `a member's right in a room follows the account's role`() async throws {
        try await TestServer.run { server in
            let (boss, chat) = (try await boss(server), server.application.chat)
            let tokens = try await logIn(server, "mod", .moderator)
            let caller = Caller(.account(tokens.account), proof: Proof())
            let joined = try await chat.join(JoinRequest(room: "room", caller: caller, connection: "c"))
            #expect(try chat.authorize(.moderate, as: joined.membership) == .moderator)
            _ = try await server.application.accounts.change("mod", AdministrativeChange(role: .member), by: boss)
            #expect(throws: ChatError.self) { try chat.authorize(.moderate, as: joined.membership) }
            // Asked with what was true before, as by a join that was under way.
            let late = try await chat.join(JoinRequest(room: "room", caller: caller, connection: "d"))
            #expect(throws: ChatError.self) { try chat.authorize(.moderate, as: late.membership) }
        }
    }

    @Test(arguments: [true, false])
    func `who is disabled or deleted is closed at once`(isDeleted: Bool) async throws {
        try await TestServer.run { server in
            let (boss, accounts) = (try await boss(server), server.application.accounts)
            let tokens = try await logIn(server, "ann", .member)
            let ann = try await server.connect(auth: ["token": .string(tokens.access)])
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
            if isDeleted {
                try await accounts.delete("ann", by: boss)
            } else {
                _ = try await accounts.change("ann", AdministrativeChange(isDisabled: true), by: boss)
            }
            try await ann.hears("the end of its session") { !$0.heard("session_ended").isEmpty }
            await #expect(throws: AccountError.notLoggedIn) { _ = try await accounts.identity(of: tokens.access) }
        }
    }
}
