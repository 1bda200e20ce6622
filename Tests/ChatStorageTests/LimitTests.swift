import Bytes
import ChatStorage
import Cryptography
import ParleyTesting
import Testing

@testable import Chat

/// Each limit reached, and crossed by one.
@Suite struct LimitTests {
    @Test
    func `a text has 1 to 5,000 characters, not all of them blank`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            for letter in ["x", "é", "🎉", "\u{301}"] {
                let text = String(repeating: letter, count: 5_000)
                #expect(try await harness.chat.post(text, by: member).text == text)
                await #expect(throws: ChatError.invalid(.textTooLong(longest: 5_000))) {
                    try await harness.chat.post(text + letter, by: member)
                }
            }
            for text in ["", " ", "\n\t\u{3000}"] {
                await #expect(throws: ChatError.invalid(.emptyText)) { try await harness.chat.post(text, by: member) }
            }
            #expect(
                try await harness.chat.history(HistoryQuery(), for: member).map(\.text.unicodeScalars.count) == [
                    5_000, 5_000, 5_000, 5_000,
                ])
        }
    }

    @Test
    func `any text comes back as it was`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            let texts = ["'; DROP TABLE messages; --", "a\0b", "\u{65}\u{301}", "\r\n.\r\n", "{\"a\":1}", "%s%n", "👩‍👩‍👧‍👦"]
            for text in texts { _ = try await harness.chat.post(text, clientID: text, by: member) }
            let history = try await harness.chat.history(HistoryQuery(), for: member)
            #expect(history.map { Array($0.text.utf8) } == texts.map { Array($0.utf8) })
            #expect(history.map { $0.clientID.map { Array($0.utf8) } } == texts.map { Array($0.utf8) })
        }
    }

    @Test
    func `a client id has 1 to 64 bytes`() async throws {
        try await Harness.run { harness in
            let member = try await harness.join().membership
            _ = try await harness.chat.post("x", clientID: String(repeating: "c", count: 64), by: member)
            for clientID in ["", String(repeating: "c", count: 65), String(repeating: "é", count: 33)] {
                await #expect(throws: ChatError.invalid(.clientID(longest: 64))) {
                    try await harness.chat.post("x", clientID: clientID, by: member)
                }
            }
        }
    }

    @Test
    func `a password has 1 to 128 characters`() async throws {
        try await Harness.run { harness in
            let longest = String(repeating: "é", count: 128)
            try await harness.chat.createRoom("long", password: longest)
            _ = try await harness.chat.verify(room: "long", password: longest, from: nil)
            await #expect(throws: ChatError.accessDenied(.wrongPassword)) {
                try await harness.chat.verify(room: "long", password: longest + "x", from: nil)
            }
            for password in ["", longest + "x", String(repeating: "x", count: 1 << 20)] {
                await #expect(throws: ChatError.invalid(.password(shortest: 1, longest: 128))) {
                    try await harness.chat.createRoom("longer", password: password)
                }
            }
        }
        var options = Harness.cheap
        options.limits.shortestPassword = 8
        try await Harness.run(options: options) { harness in
            try await harness.chat.createRoom("eight", password: "12345678")
            await #expect(throws: ChatError.invalid(.password(shortest: 8, longest: 128))) {
                try await harness.chat.createRoom("seven", password: "1234567")
            }
        }
    }

    @Test
    func `there are as many rooms as the limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.rooms = 4
        try await Harness.run(options: options) { harness in
            // The lobby and `room` are there.
            for name in ["third", "fourth"] { try await harness.chat.createRoom(name, password: "p") }
            await #expect(throws: ChatError.tooManyRooms) { try await harness.chat.createRoom("fifth", password: "p") }
            try await harness.chat.deleteRoom("third", for: Caller(proof: Proof(password: "p")))
            try await harness.chat.createRoom("fifth", password: "p")
        }
    }

    @Test
    func `a room has as many connections as the limit and no more`() async throws {
        var options = Harness.cheap
        options.limits.connectionsPerRoom = 2
        try await Harness.run(options: options) { harness in
            let first = try await harness.join("a", connection: "1")
            _ = try await harness.join("b", connection: "2")
            await #expect(throws: ChatError.roomFull) { try await harness.join("c", connection: "3") }
            _ = harness.chat.leave(first.membership)
            _ = try await harness.join("c", connection: "3")
        }
    }

    @Test
    func `lists of names have as many as the limit; the count is exact`() async throws {
        var options = Harness.cheap
        options.limits.listedNames = 2
        try await Harness.run(options: options) { harness in
            var members: [Membership] = []
            for number in 0..<3 {
                let result = try await harness.join("u\(number)", connection: "\(number)")
                #expect(result.online.count == number + 1)
                #expect(result.online.users.count == min(number + 1, 2))
                members.append(result.membership)
            }
            var typing: [UserID] = []
            for member in members { typing = try harness.chat.setTyping(true, by: member) ?? [] }
            #expect(typing.count == 2)
        }
    }

    @Test
    func `ten wrong passwords from one address are looked at, the eleventh is not`() async throws {
        try await Harness.run { harness in
            func attempt(_ password: String, from address: String) async throws {
                _ = try await harness.chat.history(
                    HistoryQuery(), in: "room",
                    for: Caller(proof: Proof(password: password, address: IPAddress(address))))
            }
            for number in 0..<10 {
                await #expect(throws: ChatError.accessDenied(.wrongPassword)) {
                    try await attempt("guess \(number)", from: "192.0.2.1")
                }
            }
            let hashes = harness.executor.count.withLock { $0 }
            for password in ["guess", Harness.password] {
                await #expect(throws: ChatError.tooManyAttempts(retryAfter: 600)) {
                    try await attempt(password, from: "192.0.2.1")
                }
            }
            #expect(harness.executor.count.withLock { $0 } == hashes)
            try await attempt(Harness.password, from: "192.0.2.2")
            harness.clock.advance(by: .seconds(600))
            try await attempt(Harness.password, from: "192.0.2.1")
        }
    }

    @Test
    func `the right password is hashed once, a wrong one each time`() async throws {
        try await Harness.run { harness in
            func hashes(_ password: String) async -> Int {
                let before = harness.executor.count.withLock { $0 }
                _ = try? await harness.chat.history(
                    HistoryQuery(), in: "room", for: Caller(proof: Proof(password: password)))
                return harness.executor.count.withLock { $0 } - before
            }
            var counts: [Int] = []
            for password in [Harness.password, Harness.password, "wrong", "wrong", Harness.password] {
                counts.append(await hashes(password))
            }
            #expect(counts == [1, 0, 1, 1, 0])
        }
    }

    @Test
    func `while too many passwords wait, one more is told to try again, and nothing is counted`()
        async throws
    {
        try await Harness.run { harness in
            harness.executor.isFull.withLock { $0 = true }
            for _ in 0..<20 {
                await #expect(throws: ChatError.busy) { try await harness.join() }
            }
            await #expect(throws: ChatError.busy) { try await harness.chat.createRoom("x", password: "p") }
            harness.executor.isFull.withLock { $0 = false }
            _ = try await harness.join()
        }
    }

    @Test
    func `a hash of another cost is made again when the password is right`() async throws {
        try await Harness.run { harness in
            var options = Harness.cheap
            options.passwordCost = PasswordHash.Cost(memoryKiB: 16, passes: 2)
            let environment = Chat.Environment(
                store: harness.store, keyring: harness.keyring, jwt: harness.jwt, blocking: harness.executor,
                clock: harness.clock)
            let chat = try Chat(environment, options: options)
            _ = try await chat.history(
                HistoryQuery(), in: "room", for: Caller(proof: Proof(password: Harness.password)))
            let hash = try await harness.store.room(RoomID(trusted: "room"))?.passwordHash
            #expect(hash?.contains("m=16,t=2") == true)
            _ = try await chat.history(
                HistoryQuery(), in: "room", for: Caller(proof: Proof(password: Harness.password)))
        }
    }

    @Test
    func `rooms that fall out of the cache come back as they were`() async throws {
        var options = Harness.cheap
        options.limits.cachedRooms = 1
        try await Harness.run(options: options) { harness in
            let member = try await harness.join().membership
            for number in 0..<20 { try await harness.chat.createRoom("r\(number)", password: "p") }
            // While a member is in it, a room is one object.
            #expect(try await harness.join("bob", connection: "2").membership.room === member.room)
            _ = try await harness.chat.verify(room: "r3", password: "p", from: Harness.here)
            for number in 4..<10 { _ = try await harness.chat.verify(room: "r\(number)", password: "p", from: nil) }
            _ = try await harness.chat.history(
                HistoryQuery(), in: "r3", for: Caller(proof: Proof(address: Harness.here)))
        }
    }
}
