import Bytes
import JSON
import ParleyTesting
import Testing

@testable import Accounts
@testable import Chat
@testable import ParleyApp

@Suite("Names and lists over Socket.IO", .timeLimit(.minutes(10))) struct NameLossSocketTests {
    private func logIn(_ server: TestServer, _ handle: String) async throws -> TokenPair {
        let accounts = server.application.accounts
        let account = try await accounts.register(Registration(handle: handle, password: "secret123"))
        return try await accounts.begin(account, on: Device())
    }

    @Test func `a guest gives way to the account that is registered under the name`() async throws {
        try await TestServer.run { server in
            let guest = try await server.member("BOB")
            let tokens = try await logIn(server, "bob")
            try await guest.hears("why") { !$0.heard("removed_from_room").isEmpty }
            let told = guest.heard("removed_from_room")[0]
            #expect(told["cause"] == "name_reserved")
            #expect(told["reason"] == .string(ChatError.nameReserved.description))
            #expect(try await guest.say("still?")["status"] == "error")
            let bob = try await server.connect(auth: ["token": .string(tokens.access)])
            #expect(try await bob.join("room", as: "bob")["online"] == ["bob"])
        }
    }

    @Test func `who takes another name is told to join again, and the others that the old one left`() async throws {
        try await TestServer.run { server in
            let tokens = try await logIn(server, "ann")
            let (ann, eve) = (
                try await server.connect(auth: ["token": .string(tokens.access)]), try await server.member("eve")
            )
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
            let identity = try await server.application.accounts.identity(of: tokens.access)
            _ = try await server.application.accounts.rename(identity, handle: "anna")
            try await ann.hears("why") { $0.heard("removed_from_room").first?["cause"] == "renamed" }
            try await eve.hears("who is there") { $0.heard("online_count").last?["online"] == ["eve"] }
            #expect(try await ann.join("room", as: "anna")["user_id"] == "anna")
        }
    }

    @Test func `a place that was ended counts for nothing`() async throws {
        try await TestServer.run(["--rooms-per-connection", "1"]) { server in
            let tokens = try await logIn(server, "ann")
            let chat = server.application.chat
            var draft = RoomDraft(id: "club", kind: .open)
            for id in ["club", "other"] {
                draft.id = id
                _ = try await chat.createRoom(draft, by: tokens.account)
            }
            let owner = Caller(.account(tokens.account))
            let eve = try await server.connect()
            #expect(try await eve.join("club", as: "eve")["status"] == "success")
            #expect(try await eve.join("other", as: "eve")["status"] == "error")
            try await chat.sanction(SanctionRequest(.ban, "eve"), in: "club", for: owner)
            try await eve.hears("the ban") { !$0.heard("removed_from_room").isEmpty }
            #expect(try await eve.join("other", as: "eve")["status"] == "success")
            try await chat.deleteRoom("other", for: owner)
            try await eve.hears("the deletion") { person in
                person.heard("status").contains { $0["msg"] == "This room was deleted." }
            }
            #expect(try await eve.join("room", as: "eve")["status"] == "success")
        }
    }

    @Test func `who is not to be seen is not in the list that the others are sent`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await server.member("ann"), try await server.member("bob"))
            #expect(try await bob.ask("presence", ["room": "room", "status": "offline"])["status"] == "success")
            try await ann.hears("the list") { $0.heard("online_count").last?["online"] == ["ann"] }
            #expect(ann.heard("online_count").last?["count"] == 1)
            let eve = try await server.connect()
            #expect(try await eve.join("room", as: "eve")["online"] == ["ann", "eve"])
            #expect(try await bob.ask("presence", ["room": "room", "status": "away"])["status"] == "success")
            try await ann.hears("the list") { $0.heard("online_count").last?["count"] == 3 }
        }
    }
}
