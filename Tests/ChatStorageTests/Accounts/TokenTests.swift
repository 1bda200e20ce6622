import Accounts
import Bytes
import ParleyTesting
import Testing

@Suite struct TokenTests {
    private func identity(_ bureau: Bureau, _ handle: String = "ann") async throws -> Identity {
        try await bureau.register(handle)
        return try await bureau.accounts.identity(of: try await bureau.logIn(handle).access)
    }

    @Test func `a token is its account, with its scopes and no others`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        let made = try await bureau.accounts.makeToken(TokenWish("ci", [.readMessages]), for: ann)
        #expect(made.text.hasPrefix("parley_") && made.text.utf8.count == 61)
        let shown = try await bureau.accounts.identity(of: made.text)
        #expect(shown.account.handle.text == "ann" && shown.scopes == [.readMessages] && shown.expires == .max)
        try shown.check(.scope(.readMessages))
        try shown.check(.any)
        #expect(throws: AccountError.scopeMissing(.writeMessages)) { try shown.check(.scope(.writeMessages)) }
        #expect(throws: AccountError.logInNeeded) { try shown.check(.none) }
        #expect(bureau.accounts.isAccessToken(made.text))
        try ann.check(.none)
    }

    @Test func `another secret, another id and another form are no token`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        let (one, other) = (
            try await bureau.accounts.makeToken(TokenWish("a", [.readRooms]), for: ann).text,
            try await bureau.accounts.makeToken(TokenWish("b", [.readRooms]), for: ann).text
        )
        // The id of one with the secret of the other: 16 bytes are 21 letters and a third.
        let mixed = String(one.prefix(7 + 24)) + String(other.dropFirst(7 + 24))
        for text in [
            mixed, String(one.dropLast()), one + "A", "parley_", "parley_" + String(repeating: "A", count: 54),
        ] {
            await #expect(throws: AccountError.notLoggedIn, "\(text)") {
                try await bureau.accounts.identity(of: text)
            }
        }
    }

    @Test func `a token that was revoked is good no longer, and what is open under it is told`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        let made = try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms]), for: ann)
        let shown = try await bureau.accounts.identity(of: made.text)
        let bob = try await identity(bureau, "bob")
        await #expect(throws: AccountError.tokenMissing) {
            try await bureau.accounts.revokeToken(made.token.id, of: bob)
        }
        try await bureau.accounts.revokeToken(made.token.id, of: ann)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: made.text) }
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.current(shown) }
        #expect(bureau.events.withLock { $0.contains(.ended([made.token.id], of: ann.account.key)) })
        #expect(try await bureau.accounts.tokens(of: ann).isEmpty)
    }

    @Test func `a token is good for its time, and a sweep takes it away`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        for seconds: Int64 in [59, 315_360_001] {
            await #expect(throws: AccountError.invalidTokenTime) {
                try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms], seconds: seconds), for: ann)
            }
        }
        let made = try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms], seconds: 60), for: ann)
        bureau.clock.advance(by: .milliseconds(59_999))
        _ = try await bureau.accounts.identity(of: made.text)
        bureau.clock.advance(by: .milliseconds(1))
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: made.text) }
        try await bureau.accounts.sweep()
        #expect(try await bureau.accounts.tokens(of: ann).isEmpty)
        #expect(bureau.events.withLock { $0.contains(.ended([made.token.id], of: ann.account.key)) })
    }

    @Test func `the use of a token is noted to the minute`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        let made = try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms]), for: ann)
        #expect(try await bureau.accounts.tokens(of: ann)[0].lastUsed == nil)
        let first = bureau.clock.epochMilliseconds
        for (pause, noted) in [(0, first), (59_999, first), (1, first + 60_000)] as [(Int64, Int64)] {
            bureau.clock.advance(by: .milliseconds(pause))
            _ = try await bureau.accounts.identity(of: made.text)
            #expect(try await bureau.accounts.tokens(of: ann)[0].lastUsed == noted)
        }
    }

    @Test func `an account has as many tokens as the limit, and no more`() async throws {
        var limits = AccountLimits()
        limits.tokensPerAccount = 2
        let bureau = try await Bureau(limits: limits)
        let ann = try await identity(bureau)
        for _ in 0..<2 { _ = try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms]), for: ann) }
        await #expect(throws: AccountError.tooManyTokens) {
            try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms]), for: ann)
        }
    }

    @Test func `a token has a name and scopes, and that of administrators is for them`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau)
        let longest = AccountLimits().tokenNameLength
        for name in ["", " ", String(repeating: "a", count: longest + 1)] {
            await #expect(throws: AccountError.invalidTokenName(longest: longest)) {
                try await bureau.accounts.makeToken(TokenWish(name, [.readRooms]), for: ann)
            }
        }
        let name = String(repeating: "a", count: longest)
        _ = try await bureau.accounts.makeToken(TokenWish(name, Set(Scope.allCases).subtracting([.admin])), for: ann)
        await #expect(throws: AccountError.invalidScopes) {
            try await bureau.accounts.makeToken(TokenWish("ci", []), for: ann)
        }
        await #expect(throws: AccountError.scopeForbidden(.admin)) {
            try await bureau.accounts.makeToken(TokenWish("ci", [.admin]), for: ann)
        }
    }

    @Test func `an account that is disabled or deleted has no good token`() async throws {
        let bureau = try await Bureau()
        for handle in ["ann", "bob"] {
            let owner = try await identity(bureau, handle)
            let made = try await bureau.accounts.makeToken(TokenWish("ci", [.readRooms]), for: owner)
            _ = try await bureau.accounts.identity(of: made.text)
            if handle == "ann" {
                _ = try await bureau.store.update(owner.account.key, AccountChange(isDisabled: true))
            } else {
                try await bureau.store.delete(owner.account.key)
            }
            await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: made.text) }
            #expect(bureau.events.withLock { $0.contains(.ended([made.token.id], of: owner.account.key)) })
        }
    }
}

@Suite struct BotTests {
    private func identity(_ bureau: Bureau, _ handle: String, _ role: Role = .member) async throws -> Identity {
        let account = try await bureau.register(handle)
        _ = try await bureau.store.update(account.key, AccountChange(role: role))
        return try await bureau.accounts.identity(of: try await bureau.logIn(handle).access)
    }

    @Test func `a bot has tokens, is told by its id, and nobody logs in with it`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau, "ann")
        let bot = try await bureau.accounts.makeBot("helper", by: ann)
        #expect(bot.isBot && !ann.account.isBot)
        await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("helper", "") }
        let made = try await bureau.accounts.makeToken(TokenWish("t", [.readRooms]), forBot: "helper", by: ann)
        #expect(try await bureau.accounts.identity(of: made.text).account.id == bot.id)
        #expect(try await bureau.accounts.tokens(ofBot: "helper", for: ann).map(\.id) == [made.token.id])
        try await bureau.accounts.revokeToken(made.token.id, ofBot: "helper", by: ann)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: made.text) }
    }

    @Test func `whoever made a bot manages it, and administrators, and nobody else`() async throws {
        let bureau = try await Bureau()
        let (ann, bob) = (try await identity(bureau, "ann"), try await identity(bureau, "bob"))
        let boss = try await identity(bureau, "boss", .administrator)
        _ = try await bureau.accounts.makeBot("helper", by: ann)
        #expect(try await bureau.accounts.bots(for: ann).map(\.handle.text) == ["helper"])
        #expect(try await bureau.accounts.bots(for: bob).isEmpty)
        #expect(try await bureau.accounts.bots(for: boss).map(\.handle.text) == ["helper"])
        for other in ["helper", "ann", "nobody"] {
            await #expect(throws: AccountError.accountMissing) {
                try await bureau.accounts.makeToken(TokenWish("t", [.readRooms]), forBot: other, by: bob)
            }
        }
        // A person is no bot, to administrators either.
        await #expect(throws: AccountError.accountMissing) {
            try await bureau.accounts.makeToken(TokenWish("t", [.readRooms]), forBot: "ann", by: boss)
        }
        try await bureau.accounts.deleteBot("helper", by: boss)
        #expect(try await bureau.accounts.bots(for: ann).isEmpty)
    }

    @Test func `somebody makes as many bots as the limit, and administrators any number`() async throws {
        var limits = AccountLimits()
        limits.botsPerAccount = 1
        let bureau = try await Bureau(limits: limits)
        let (ann, boss) = (try await identity(bureau, "ann"), try await identity(bureau, "boss", .administrator))
        _ = try await bureau.accounts.makeBot("one", by: ann)
        await #expect(throws: AccountError.tooManyBots) { try await bureau.accounts.makeBot("two", by: ann) }
        for name in ["two", "three"] { _ = try await bureau.accounts.makeBot(name, by: boss) }
        try await bureau.accounts.deleteBot("one", by: ann)
        _ = try await bureau.accounts.makeBot("four", by: ann)
    }

    @Test func `with who made it a bot is disabled, and goes`() async throws {
        let bureau = try await Bureau()
        let ann = try await identity(bureau, "ann")
        _ = try await bureau.accounts.makeBot("helper", by: ann)
        let made = try await bureau.accounts.makeToken(TokenWish("t", [.readRooms]), forBot: "helper", by: ann)
        _ = try await bureau.accounts.identity(of: made.text)
        _ = try await bureau.store.update(ann.account.key, AccountChange(isDisabled: true))
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: made.text) }
        try await bureau.store.delete(ann.account.key)
        #expect(try await bureau.accounts.account(named: "helper") == nil)
    }
}
