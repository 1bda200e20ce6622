public import Bytes
public import Cryptography
public import EventLoops

/// Who can log in, and who is logged in. Knows no room, no wire and no database.
///
/// Every method may be called from any thread, and an async one comes back to the actor that called it.
public final class Accounts: Sendable {
    /// What accounts need from outside.
    public struct Environment: Sendable {
        public var store: any AccountStore
        /// Signs the tokens of sessions.
        public var jwt: JWT
        /// Where passwords are hashed; a queue of its own, so that a storm of log-ins harms nothing else.
        public var blocking: any BlockingExecutor
        public var clock: any WallClock
        public var random: any RandomSource

        public init(
            store: any AccountStore, jwt: JWT, blocking: any BlockingExecutor,
            clock: any WallClock = SystemWallClock(), random: any RandomSource = SecureRandom()
        ) {
            self.store = store
            self.jwt = jwt
            self.blocking = blocking
            self.clock = clock
            self.random = random
        }
    }

    public let limits: AccountLimits
    let environment: Environment
    let tokens: SessionTokens
    let hasher: PasswordHasher
    let attempts: LoginGuard
    let live: LiveSessions
    let setupCode: SetupCode
    let confirmations: Confirmations

    public init(
        _ environment: Environment, limits: AccountLimits = AccountLimits(),
        passwordCost: PasswordHash.Cost = .standard
    ) {
        self.environment = environment
        self.limits = limits
        tokens = SessionTokens(jwt: environment.jwt, clock: environment.clock, limits: limits)
        hasher = PasswordHasher(environment.blocking, cost: passwordCost, random: environment.random)
        attempts = LoginGuard(clock: environment.clock, limits: limits)
        live = LiveSessions(capacity: limits.cachedSessions)
        setupCode = SetupCode(clock: environment.clock, limits: limits)
        confirmations = Confirmations(grace: limits.confirmationGrace)
    }

    /// Opens the store. Call once, before anything else.
    ///
    /// - Parameter observer: called after each commit, in order, on a thread of the store: hand the events on and return.
    public func start(observer: @escaping @Sendable ([AccountEvent]) -> Void) async throws(AccountError) {
        let live = live
        let relay: @Sendable ([AccountEvent]) -> Void = { events in
            for event in events {
                switch event {
                case .ended(let sessions, _): live.remove(sessions)
                case .changed(let account): live.remove(of: account.key)
                case .deleted(let key): live.remove(of: key)
                case .created, .roleChanged, .renamed: break
                }
            }
            observer(events)
        }
        try await stored { store throws(AccountStoreError) in try await store.start(observer: relay) }
    }

    /// Milliseconds since 1970.
    public var now: Int64 { environment.clock.epochMilliseconds }

    /// An id that nobody can guess.
    public func makeID() -> UUID { newID() }

    func newID() -> UUID { UUID(random: environment.random.bytes(16)) }

    /// Asks the store, and says its errors as those of accounts.
    func stored<R: Sendable>(
        _ body: (any AccountStore) async throws(AccountStoreError) -> R
    ) async throws(AccountError) -> R {
        do { return try await body(environment.store) } catch { throw AccountError(error) }
    }
}
