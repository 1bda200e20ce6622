import Bytes
import ParleyTesting
import Testing

@testable import Chat

@Suite struct AccessTests {
    private static let wrong = ChatError.accessDenied(.wrongPassword)
    private static let none = ChatError.accessDenied(.noProof)

    /// Every use case that a caller reaches without being a member, by its action.
    private func attempt(_ action: RoomAction, _ harness: Harness, room: String = "room", _ proof: Proof) async throws {
        let chat = harness.chat
        let caller = Caller(.guest(name: "rest"), proof: proof)
        switch action {
        case .join:
            let result = try await chat.join(
                JoinRequest(room: room, caller: Caller(.guest(name: "guest"), proof: proof), connection: "x"))
            _ = chat.leave(result.membership)
        case .read: _ = try await chat.history(HistoryQuery(), in: room, for: Caller(proof: proof))
        case .post: _ = try await chat.post("text", in: room, by: caller)
        case .react: _ = try await chat.react("👍", to: .id(MessageID(rawValue: 1)), in: room, by: caller)
        case .clear: try await chat.clear(room, for: Caller(proof: proof))
        case .admit: try await chat.admit("192.0.2.9", to: room, for: Caller(proof: proof))
        case .verify: _ = try await chat.verify(room: room, password: proof.password ?? "", from: proof.address)
        case .delete: try await chat.deleteRoom(room, for: Caller(proof: proof))
        case .moderate, .configure, .govern: _ = try await chat.authorize(action, in: room, for: Caller(proof: proof))
        }
    }

    @Test
    func `no action is allowed without a proof or with a wrong password`() async throws {
        var options = Harness.cheap
        options.limits.passwordFailures = 1000
        try await Harness.run(options: options) { harness in
            for action in RoomAction.allCases {
                for proof in [Proof(), Proof(address: Harness.here), Proof(token: ""), Proof(password: "")] {
                    await #expect(throws: Self.none) { try await attempt(action, harness, proof) }
                }
                for password in [
                    "wrong", "Correct horse", "correct horse ", "correct horse\0", String(repeating: "x", count: 1_000),
                ] {
                    await #expect(throws: Self.wrong) { try await attempt(action, harness, Proof(password: password)) }
                }
            }
            #expect(harness.posted.isEmpty)
        }
    }

    @Test
    func `a missing room authorises nobody and answers like a wrong password`() async throws {
        var options = Harness.cheap
        options.limits.passwordFailures = 1000
        try await Harness.run(options: options) { harness in
            let token = try await harness.chat.verify(room: "room", password: Harness.password, from: nil).token
            for action in RoomAction.allCases where action != .verify {
                await #expect(throws: Self.none) { try await attempt(action, harness, room: "none", Proof()) }
                await #expect(throws: Self.wrong) {
                    try await attempt(action, harness, room: "none", Proof(password: Harness.password))
                }
                await #expect(throws: ChatError.accessDenied(.wrongToken)) {
                    try await attempt(action, harness, room: "none", Proof(token: token))
                }
            }
            let before = harness.executor.count.withLock { $0 }
            await #expect(throws: ChatError.roomNotFound) {
                try await attempt(.verify, harness, room: "none", Proof(password: "any"))
            }
            // The same slow hash is made as for a room that there is.
            #expect(harness.executor.count.withLock { $0 } == before + 1)
        }
    }

    @Test
    func `the right password opens everything, deleting last`() async throws {
        try await Harness.run { harness in
            let proof = Proof(password: Harness.password, address: Harness.here)
            for action in [RoomAction.join, .read, .post, .verify, .admit, .clear] {
                try await attempt(action, harness, proof)
            }
            try await attempt(.post, harness, proof)
            let last = try #require(harness.posted.last)
            _ = try await harness.chat.react(
                "👍", to: .id(last.id), in: "room", by: Caller(.guest(name: "rest"), proof: proof))
            try await attempt(.delete, harness, proof)
            await #expect(throws: Self.wrong) { try await attempt(.read, harness, proof) }
        }
    }

    @Test
    func `a password typed in another Unicode form is the same password`() async throws {
        try await Harness.run { harness in
            try await harness.chat.createRoom("café", password: "caf\u{e9}")
            let pass = try await harness.chat.verify(room: "cafe\u{301}", password: "cafe\u{301}", from: nil)
            #expect(pass.room.text == "caf\u{e9}")
        }
    }

    @Test
    func `the password of another room opens nothing`() async throws {
        try await Harness.run { harness in
            try await harness.chat.createRoom("other", password: "another")
            await #expect(throws: Self.wrong) { try await attempt(.read, harness, Proof(password: "another")) }
            let token = try await harness.chat.verify(room: "other", password: "another", from: nil).token
            await #expect(throws: ChatError.accessDenied(.wrongToken)) {
                try await attempt(.read, harness, Proof(token: token))
            }
        }
    }

    @Test
    func `a room token reads, writes and clears for an hour, and manages nothing`() async throws {
        try await Harness.run { harness in
            let pass = try await harness.chat.verify(room: "room", password: Harness.password, from: nil)
            #expect(pass.lifetime == 3600)
            let proof = Proof(token: pass.token)
            for action in [RoomAction.join, .read, .post, .clear] { try await attempt(action, harness, proof) }
            for action in [RoomAction.delete, .admit] {
                await #expect(throws: ChatError.accessDenied(.passwordNeeded)) {
                    try await attempt(action, harness, proof)
                }
            }
            #expect(try await harness.chat.room(ofToken: pass.token).text == "room")
            harness.clock.advance(by: .seconds(3599))
            try await attempt(.read, harness, proof)
            harness.clock.advance(by: .seconds(1))
            await #expect(throws: ChatError.accessDenied(.tokenExpired)) { try await attempt(.read, harness, proof) }
            await #expect(throws: ChatError.accessDenied(.wrongToken)) {
                try await harness.chat.room(ofToken: pass.token)
            }
        }
    }

    @Test
    func `verifying a password verifies the address, for its time`() async throws {
        try await Harness.run { harness in
            let proof = Proof(address: Harness.here)
            await #expect(throws: Self.none) { try await attempt(.read, harness, proof) }
            _ = try await harness.chat.verify(room: "room", password: Harness.password, from: Harness.here)
            for action in [RoomAction.join, .read, .post] { try await attempt(action, harness, proof) }
            for action in [RoomAction.clear, .delete, .admit, .verify] {
                await #expect(throws: ChatError.accessDenied(.passwordNeeded)) {
                    try await attempt(action, harness, proof)
                }
            }
            // A password that is shown must be right.
            await #expect(throws: Self.wrong) {
                try await attempt(.read, harness, Proof(password: "wrong", address: Harness.here))
            }
            await #expect(throws: Self.none) {
                try await attempt(.read, harness, Proof(address: IPAddress("192.0.2.2")))
            }
            harness.clock.advance(by: .seconds(24 * 3600 - 1))
            try await attempt(.read, harness, proof)
            harness.clock.advance(by: .seconds(1))
            await #expect(throws: Self.none) { try await attempt(.read, harness, proof) }
        }
    }

    @Test
    func `an address can be verified by name, in any spelling, and only so many`() async throws {
        var options = Harness.cheap
        options.limits.verifiedAddresses = 3
        try await Harness.run(options: options) { harness in
            let proof = Proof(password: Harness.password)
            try await harness.chat.admit("::ffff:192.0.2.1", to: "room", for: Caller(proof: proof))
            try await attempt(.read, harness, Proof(address: Harness.here))
            for number in 2...4 {
                harness.clock.advance(by: .seconds(1))
                try await harness.chat.admit("2001:DB8:\(number)::1", to: "room", for: Caller(proof: proof))
            }
            await #expect(throws: Self.none) { try await attempt(.read, harness, Proof(address: Harness.here)) }
            try await attempt(.read, harness, Proof(address: IPAddress("2001:db8:2:0:77::")))
            for text in ["", "localhost", "1.2.3", "::1%lo", String(repeating: "1", count: 1000)] {
                await #expect(throws: ChatError.invalid(.address)) {
                    try await harness.chat.admit(text, to: "room", for: Caller(proof: proof))
                }
            }
        }
    }

    @Test
    func `a room is created once; creating it again changes nothing`() async throws {
        try await Harness.run { harness in
            await #expect(throws: ChatError.roomExists) {
                try await harness.chat.createRoom("room", password: "mine now")
            }
            await #expect(throws: Self.wrong) { try await attempt(.read, harness, Proof(password: "mine now")) }
            try await attempt(.read, harness, Proof(password: Harness.password))
            await #expect(throws: ChatError.roomExists) { try await harness.chat.createRoom("lobby", password: "x") }
        }
    }

    @Test
    func `of many who create a room at once one succeeds`() async throws {
        try await Harness.run { harness in
            let winners = await withTaskGroup(of: String?.self) { group in
                for number in 0..<20 {
                    group.addTask {
                        let made = try? await harness.chat.createRoom("new room", password: "p\(number)")
                        return made.map { _ in "p\(number)" }
                    }
                }
                var winners: [String] = []
                for await case let password? in group { winners.append(password) }
                return winners
            }
            #expect(winners.count == 1)
            try await attempt(.read, harness, room: "new room", Proof(password: winners.first))
        }
    }

    @Test
    func `deleting a room ends its members and its tokens, even for a new room of the id`()
        async throws
    {
        try await Harness.run { harness in
            let chat = harness.chat
            let joined = try await harness.join()
            let pass = try await chat.verify(room: "room", password: Harness.password, from: Harness.here)
            _ = try await chat.post("secret", by: joined.membership)
            try await chat.deleteRoom("room", for: Caller(proof: Proof(password: Harness.password)))
            #expect(!joined.membership.isActive)
            await #expect(throws: ChatError.accessDenied(.notMember)) {
                try await chat.post("x", by: joined.membership)
            }
            let deleted = harness.events.withLock { events in
                events.contains { if case .deleted(let room) = $0 { room === joined.membership.room } else { false } }
            }
            #expect(deleted)

            try await chat.createRoom("room", password: "new password")
            await #expect(throws: ChatError.accessDenied(.wrongToken)) {
                try await attempt(.read, harness, Proof(token: pass.token))
            }
            await #expect(throws: ChatError.accessDenied(.wrongToken)) { try await chat.room(ofToken: pass.token) }
            await #expect(throws: Self.none) { try await attempt(.read, harness, Proof(address: Harness.here)) }
            await #expect(throws: Self.wrong) { try await attempt(.read, harness, Proof(password: Harness.password)) }
            await #expect(throws: ChatError.accessDenied(.notMember)) {
                try await chat.post("x", by: joined.membership)
            }
            let other = try await chat.join(
                JoinRequest(
                    room: "room", caller: Caller(.guest(name: "ann"), proof: Proof(password: "new password")),
                    connection: "9"))
            #expect(try await chat.history(HistoryQuery(), for: other.membership) == [])
            await #expect(throws: ChatError.nameTaken) {
                try await chat.join(
                    JoinRequest(
                        room: "room",
                        caller: Caller(
                            .guest(name: "ann", token: joined.guestToken), proof: Proof(password: "new password")),
                        connection: "8"))
            }
        }
    }

    @Test
    func `the lobby is open, and nobody's to clear or delete`() async throws {
        try await Harness.run { harness in
            for action in [RoomAction.join, .read, .post] { try await attempt(action, harness, room: "lobby", Proof()) }
            for action in [RoomAction.clear, .delete, .admit] {
                for proof in [Proof(), Proof(password: "any")] {
                    await #expect(throws: ChatError.accessDenied(.belongsToServer)) {
                        try await attempt(action, harness, room: "lobby", proof)
                    }
                }
            }
        }
        var options = Harness.cheap
        options.lobbyGuests = false
        try await Harness.run(options: options) { harness in
            for action in RoomAction.allCases {
                await #expect(throws: ChatError.accessDenied(.accountNeeded)) {
                    try await attempt(action, harness, room: "lobby", Proof())
                }
            }
        }
    }
}
