import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@Suite struct LogInTests {
    @Test
    func `who registered logs in, by handle or by mail, however it is written`() async throws {
        let bureau = try await Bureau()
        let account = try await bureau.register("Ann", email: "ann@example.org")
        #expect(account.displayName == "Ann" && account.role == .member)
        for name in ["Ann", "ann", "ANN@example.org"] {
            #expect(try await bureau.logIn(name).account == account)
        }
        #expect(bureau.events.withLock { $0 } == [.created(account)])
    }

    @Test
    func `an unknown name, a wrong password and a disabled account are told apart by nothing`()
        async throws
    {
        let bureau = try await Bureau()
        let account = try await bureau.register("ann")
        try await bureau.register("bob")
        _ = try await bureau.store.update(account.key, AccountChange(isDisabled: true))
        for (name, password) in [
            ("ann", "secret123"), ("bob", "secret124"), ("cid", "secret123"), ("", ""), ("@", "x"),
        ] {
            await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn(name, password) }
        }
    }

    @Test
    func `a name that is taken, or looks like one, is refused or numbered`() async throws {
        let bureau = try await Bureau()
        try await bureau.register("bob")
        for name in ["bob", "BOB", "b0b"] {
            await #expect(throws: AccountError.handleTaken) { try await bureau.register(name) }
        }
        var registration = Registration(handle: "Bob", password: "secret123")
        registration.mayChangeHandle = true
        #expect(try await bureau.accounts.register(registration).handle.text == "Bob-2")
        let third = try await bureau.accounts.register(registration)
        #expect(third.handle.text == "Bob-3" && third.displayName == "Bob")
    }

    @Test
    func `an address of mail belongs to one account`() async throws {
        let bureau = try await Bureau()
        try await bureau.register("ann", email: "a@example.org")
        await #expect(throws: AccountError.emailTaken) { try await bureau.register("bob", email: "A@example.org") }
    }

    @Test
    func `accounts, names and passwords have bounds`() async throws {
        var limits = AccountLimits()
        limits.accounts = 1
        let bureau = try await Bureau(limits: limits)
        let refusal = AccountError.invalidPassword(shortest: 8, longest: 128)
        for password in ["1234567", String(repeating: "x", count: 129)] {
            await #expect(throws: refusal) { try await bureau.register("ann", password: password) }
        }
        let registration = Registration(handle: "ann", displayName: " ", password: "secret123")
        await #expect(throws: AccountError.invalidDisplayName(longest: 64)) {
            try await bureau.accounts.register(registration)
        }
        try await bureau.register("ann", password: "12345678")
        await #expect(throws: AccountError.tooManyAccounts) { try await bureau.register("bob") }
    }

    @Test
    func `a password is the same however it is composed`() async throws {
        let bureau = try await Bureau()
        try await bureau.register("ann", password: "pässwörd")
        _ = try await bureau.logIn("ann", "pa\u{308}sswo\u{308}rd")
    }

    // MARK: Guessing

    @Test
    func `after ten wrong passwords an address waits, and another does not`() async throws {
        let bureau = try await Bureau()
        try await bureau.register("ann")
        for _ in 0..<10 {
            await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("ann", "wrong-one") }
        }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) { try await bureau.logIn("ann") }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) { try await bureau.logIn("ANN") }
        _ = try await bureau.logIn("ann", from: "192.0.2.2")
        bureau.clock.advance(by: .seconds(900))
        _ = try await bureau.logIn("ann")
    }

    @Test
    func `an address that tries many names waits`() async throws {
        let bureau = try await Bureau()
        for number in 0..<50 {
            await #expect(throws: AccountError.wrongCredentials) { try await bureau.logIn("nobody\(number)") }
        }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) { try await bureau.logIn("nobody") }
    }

    @Test
    func `an account that many addresses guess at is closed to strangers, and open to its owner`()
        async throws
    {
        let bureau = try await Bureau()
        try await bureau.register("ann")
        _ = try await bureau.logIn("ann", from: "198.51.100.1")
        for number in 0..<100 {
            await #expect(throws: AccountError.wrongCredentials) {
                try await bureau.logIn("ann", "wrong-one", from: "192.0.2.\(number)")
            }
        }
        await #expect(throws: AccountError.tooManyAttempts(retryAfter: 900)) {
            try await bureau.logIn("ann", from: "203.0.113.1")
        }
        _ = try await bureau.logIn("ann", from: "198.51.100.1")
    }

    @Test
    func `where no more can be hashed nothing counts as a try`() async throws {
        let bureau = try await Bureau(isFull: true)
        for _ in 0..<20 {
            await #expect(throws: AccountError.busy) { try await bureau.logIn("ann") }
        }
    }
}
