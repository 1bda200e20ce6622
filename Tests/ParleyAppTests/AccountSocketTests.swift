import Bytes
import ChatStorage
import JSON
import ParleyTesting
import Testing

@testable import Accounts
@testable import ParleyApp

@Suite("Accounts over Socket.IO", .timeLimit(.minutes(10))) struct AccountSocketTests {
    /// An account with a session.
    private func logIn(_ server: TestServer, _ handle: String = "ann") async throws -> TokenPair {
        let accounts = server.application.accounts
        let account = try await accounts.register(Registration(handle: handle, password: "secret123"))
        return try await accounts.begin(account, on: Device())
    }

    @Test func `who shows an access token is the account, whatever the payload says`() async throws {
        try await TestServer.run { server in
            let tokens = try await logIn(server)
            let guest = try await server.member("guest")
            let ann = try await server.connect(auth: ["token": .string(tokens.access)])
            let answer = try await ann.join("room", as: "bob")
            #expect(answer["status"] == "success" && answer["user_id"] == "ann" && answer["guest_token"] == nil)
            try await ann.say("hello")
            try await guest.hears("the message") { $0.texts == ["hello"] }
            #expect(guest.heard("message")[0]["user_id"] == "ann")
        }
    }

    @Test func `an account is in a room by many connections, and needs no name`() async throws {
        try await TestServer.run { server in
            let tokens = try await logIn(server)
            for _ in 0..<2 {
                let ann = try await server.connect(auth: ["token": .string(tokens.access)])
                let answer = try await ann.ask(
                    "join", ["room": "room", "password": .string(TestServer.password)])
                #expect(answer["user_id"] == "ann" && answer["count"] == 1)
            }
        }
    }

    @Test(arguments: ["ann", "ANN", "аnn"])
    func `no guest has the name of an account, nor one that looks like it`(name: String) async throws {
        try await TestServer.run { server in
            _ = try await logIn(server)
            let guest = try await server.connect()
            let answer = try await guest.join("room", as: name)
            #expect(answer["message"] == "This name belongs to an account; log in with it, or choose another name.")
        }
    }

    @Test func `a name that looks like one that is online is refused until that is gone`() async throws {
        try await TestServer.run { server in
            let bob = try await server.member("bob")
            let other = try await server.connect()
            for name in ["BOB", "b0b", "ｂｏｂ"] {
                #expect(try await other.join("room", as: name)["status"] == "error")
            }
            _ = try await bob.leave()
            #expect(try await other.join("room", as: "BOB")["status"] == "success")
        }
    }

    @Test func `when a session ends its connections are closed, and no others`() async throws {
        try await TestServer.run { server in
            let accounts = server.application.accounts
            let phone = try await logIn(server)
            let desk = try await accounts.begin(phone.account, on: Device())
            let (onPhone, onDesk) = (
                try await server.connect(auth: ["token": .string(phone.access)]),
                try await server.connect(auth: ["token": .string(desk.access)])
            )
            for person in [onPhone, onDesk] { try await person.join("room", as: "x") }
            try await accounts.end(.one(phone.session), of: try await accounts.identity(of: desk.access))
            try await onPhone.hears("the end") { !$0.heard("session_ended").isEmpty && !$0.heard("disconnect").isEmpty }
            #expect(try await onDesk.say("still here")["status"] == "success")
            #expect(onDesk.heard("session_ended").isEmpty)
        }
    }

    @Test func `a token that is over joins nothing, and a new one does`() async throws {
        try await TestServer.run { server in
            let tokens = try await logIn(server)
            let accounts = server.application.accounts
            try await accounts.logOut(try await accounts.identity(of: tokens.access))
            let ann = try await server.connect(auth: ["token": .string(tokens.access)])
            let refusal = try await ann.join("room", as: "ann")
            #expect(refusal["status"] == "error" && refusal["error"] == "not_logged_in")
            let again = try await accounts.begin(tokens.account, on: Device())
            let answer = try await ann.ask("authenticate", ["token": .string(again.access)])
            #expect(answer["status"] == "success" && answer["user"]?["username"] == "ann")
            #expect(try await ann.join("room", as: "ann")["status"] == "success")
        }
    }

    @Test func `a connection belongs to one account`() async throws {
        try await TestServer.run { server in
            let (ann, bob) = (try await logIn(server), try await logIn(server, "bob"))
            let person = try await server.connect(auth: ["token": .string(ann.access)])
            try await person.join("room", as: "ann")
            let answer = try await person.ask("authenticate", ["token": .string(bob.access)])
            #expect(answer["error"] == "other_account")
            for token in ["", "x", ann.refresh] {
                #expect(try await person.ask("authenticate", ["token": .string(token)])["status"] == "error")
            }
        }
    }
}

@Suite("Sessions that are over", .timeLimit(.minutes(10))) struct SessionSweeperTests {
    @Test func `a start ends sessions whose time is over`() async throws {
        let folder = TemporaryFolder()
        let first = try await TestServer.start(["--session-time", "60s"], in: folder)
        let account = try await first.application.accounts.register(Registration(handle: "ann", password: "secret123"))
        let store = try #require(first.application.accounts.environment.store as? SQLiteStore)
        let over = Session(
            id: UUID(random: []), account: account.key, family: "parley", device: "", address: nil, created: 0,
            lastUsed: 0, expires: 1)
        try await store.createSession(over, most: 10)
        _ = try await first.application.accounts.begin(account, on: Device())
        await first.application.stop()
        let second = try await TestServer.start(in: folder)
        let again = try #require(second.application.accounts.environment.store as? SQLiteStore)
        let isSwept = await comesTrue { (try? await again.sessions(of: account.key).count) == 1 }
        #expect(isSwept)
        await second.application.stop()
    }
}
