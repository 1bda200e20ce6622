import Accounts
import Bytes
import ParleyTesting
import Testing

@Suite struct SessionTests {
    @Test
    func `an access token says who it is, until its time is over`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        #expect(identity.account.handle.text == "ann" && identity.session == tokens.session)
        #expect(tokens.accessLifetime == 900)
        bureau.clock.advance(by: .seconds(899))
        _ = try await bureau.accounts.identity(of: tokens.access)
        bureau.clock.advance(by: .seconds(1))
        await #expect(throws: AccountError.tokenExpired) { try await bureau.accounts.identity(of: tokens.access) }
    }

    @Test
    func `one token never passes as the other`() async throws {
        let bureau = try await Bureau()
        let (_, tokens) = try await bureau.member()
        for token in [tokens.refresh, "", "x", tokens.access + "x", String(tokens.access.dropLast())] {
            await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: token) }
        }
        await #expect(throws: AccountError.notLoggedIn) {
            try await bureau.accounts.refresh(tokens.access, from: nil)
        }
    }

    @Test
    func `a refresh gives new tokens, once`() async throws {
        let bureau = try await Bureau()
        let (identity, first) = try await bureau.member()
        bureau.clock.advance(by: .seconds(1000))
        let second = try await bureau.accounts.refresh(first.refresh, from: IPAddress("192.0.2.9"))
        #expect(try await bureau.accounts.identity(of: second.access).session == identity.session)
        let session = try #require(try await bureau.accounts.sessions(of: identity).first)
        #expect(session.lastUsed - session.created == 1_000_000 && session.address == IPAddress("192.0.2.9"))
        await #expect(throws: AccountError.refreshReused) {
            try await bureau.accounts.refresh(first.refresh, from: nil)
        }
        // The thief and the owner are both out.
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.refresh(second.refresh, from: nil) }
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: second.access) }
        #expect(bureau.events.withLock { $0.last } == .ended([identity.session], of: identity.account.key))
    }

    @Test
    func `of many refreshes at once one succeeds`() async throws {
        let bureau = try await Bureau()
        let (_, tokens) = try await bureau.member()
        let successes = await withTaskGroup { group in
            for _ in 0..<20 {
                group.addTask { (try? await bureau.accounts.refresh(tokens.refresh, from: nil)) != nil }
            }
            return await group.reduce(0) { $0 + ($1 ? 1 : 0) }
        }
        #expect(successes == 1)
    }

    @Test
    func `a session that is not refreshed ends`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        bureau.clock.advance(by: .seconds(30 * 86_400))
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.refresh(tokens.refresh, from: nil) }
        try await bureau.accounts.sweep()
        #expect(bureau.events.withLock { $0.last } == .ended([identity.session], of: identity.account.key))
    }

    @Test
    func `logging out ends the session at once, and only it`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        let other = try await bureau.logIn("ann")
        try await bureau.accounts.logOut(identity)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: tokens.access) }
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.refresh(tokens.refresh, from: nil) }
        #expect(try await bureau.accounts.identity(of: other.access).session == other.session)
        await #expect(throws: AccountError.sessionMissing) { try await bureau.accounts.logOut(identity) }
    }

    @Test
    func `one session, all others or those of a family can be ended`() async throws {
        let bureau = try await Bureau()
        let (identity, _) = try await bureau.member()
        let phone = try await bureau.logIn("ann", family: "rechat")
        let desk = try await bureau.logIn("ann")
        try await bureau.accounts.end(.family("rechat", but: nil), of: identity)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: phone.access) }
        try await bureau.accounts.end(.one(desk.session), of: identity)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: desk.access) }
        _ = try await bureau.logIn("ann")
        try await bureau.accounts.end(.all(but: identity.session), of: identity)
        #expect(try await bureau.accounts.sessions(of: identity).map(\.id) == [identity.session])
    }

    @Test
    func `nobody ends the session of another account`() async throws {
        let bureau = try await Bureau()
        let (ann, _) = try await bureau.member()
        let (bob, _) = try await bureau.member("bob")
        await #expect(throws: AccountError.sessionMissing) { try await bureau.accounts.end(.one(bob.session), of: ann) }
    }

    @Test
    func `an account has no more sessions than the limit`() async throws {
        var limits = AccountLimits()
        limits.sessionsPerAccount = 2
        let bureau = try await Bureau(limits: limits)
        let (_, first) = try await bureau.member()
        bureau.clock.advance(by: .seconds(1))
        let second = try await bureau.logIn("ann")
        bureau.clock.advance(by: .seconds(1))
        let third = try await bureau.logIn("ann")
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: first.access) }
        for tokens in [second, third] { _ = try await bureau.accounts.identity(of: tokens.access) }
    }

    // MARK: The account itself

    @Test
    func `a new password ends all other sessions, and the old one is good no longer`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        let other = try await bureau.logIn("ann")
        await #expect(throws: AccountError.wrongPassword) {
            try await bureau.accounts.changePassword(of: identity, from: "secret124", to: "newsecret", address: nil)
        }
        try await bureau.accounts.changePassword(of: identity, from: "secret123", to: "newsecret", address: nil)
        _ = try await bureau.accounts.identity(of: tokens.access)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: other.access) }
        await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("ann") }
        _ = try await bureau.logIn("ann", "newsecret")
    }

    @Test
    func `a new name is seen by sessions that were there before`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        #expect(try await bureau.accounts.rename(identity, displayName: "Ann of Arc").displayName == "Ann of Arc")
        #expect(try await bureau.accounts.identity(of: tokens.access).account.displayName == "Ann of Arc")
    }

    @Test
    func `a deleted account is gone, and its name stays taken`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        try await bureau.accounts.delete(identity, password: "secret123", address: nil)
        await #expect(throws: AccountError.notLoggedIn) { try await bureau.accounts.identity(of: tokens.access) }
        await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("ann") }
        await #expect(throws: AccountError.handleTaken) { try await bureau.register("Ann") }
        #expect(bureau.events.withLock { $0.last } == .deleted(identity.account.key))
    }

    @Test
    func `a server without an administrator says so`() async throws {
        let bureau = try await Bureau()
        #expect(try await bureau.accounts.needsAdministrator())
        var registration = Registration(handle: "boss", password: "secret123")
        registration.role = .administrator
        _ = try await bureau.accounts.register(registration)
        #expect(try await !bureau.accounts.needsAdministrator())
        #expect(try await bureau.accounts.isHandle("B0ss"))
        #expect(try await !bureau.accounts.isHandle("guest"))
    }
}
