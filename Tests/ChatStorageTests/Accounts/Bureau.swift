import Accounts
import Bytes
import ChatStorage
import Cryptography
import EventLoops
import ParleyTesting
import Testing

/// Accounts over a store in a folder of its own, at a time that the test sets.
struct Bureau {
    let clock = ManualClock()
    let folder = TemporaryFolder()
    let store: SQLiteStore
    private let executor = InlineExecutor()
    private let limits: AccountLimits
    let accounts: Accounts
    let events = Locked<[AccountEvent]>([])

    /// - Parameter isFull: whether nothing more can be hashed.
    init(limits: AccountLimits = AccountLimits(), isFull: Bool = false) async throws {
        store = try Self.openStore(folder, clock)
        executor.isFull.withLock { $0 = isFull }
        self.limits = limits
        accounts = try Self.accounts(store, executor, clock, limits)
        try await accounts.start { [events] new in events.withLock { $0 += new } }
    }

    private static func accounts(
        _ store: any AccountStore, _ executor: InlineExecutor, _ clock: ManualClock, _ limits: AccountLimits
    ) throws -> Accounts {
        let environment = Accounts.Environment(
            store: store, jwt: try JWT(keys: [[UInt8](repeating: 7, count: 32)], clock: clock), blocking: executor,
            clock: clock)
        return Accounts(environment, limits: limits, passwordCost: .init(memoryKiB: 8, passes: 1))
    }

    /// The same people after a restart.
    func accounts(over store: any AccountStore) throws -> Accounts {
        try Self.accounts(store, executor, clock, limits)
    }

    static func openStore(_ folder: TemporaryFolder, _ clock: ManualClock) throws -> SQLiteStore {
        let keyring = try FernetKeyring(
            keys: [#require(FernetKey(bytes: [UInt8](repeating: 9, count: 32)))], clock: clock)
        return try SQLiteStore(path: folder.file("chat.db"), keyring: keyring, clock: clock)
    }

    @discardableResult
    func register(_ handle: String, email: String? = nil, password: String = "secret123") async throws -> Account {
        try await accounts.register(Registration(handle: handle, email: email, password: password))
    }

    func logIn(
        _ name: String, _ password: String = "secret123", from address: String = "192.0.2.1", family: String = "parley"
    ) async throws -> TokenPair {
        let device = Device(name: "Test", address: IPAddress(address), family: family)
        return try await accounts.logIn(name, password: password, on: device)
    }

    /// Somebody who is registered and logged in.
    func member(_ handle: String = "ann") async throws -> (identity: Identity, tokens: TokenPair) {
        try await register(handle)
        let tokens = try await logIn(handle)
        return (try await accounts.identity(of: tokens.access), tokens)
    }
}
