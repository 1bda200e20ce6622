import Bytes
import Cryptography
import EventLoops

/// Hashes and checks room passwords, off the loops, with a limit on wrong ones.
struct PasswordChecker: Sendable {
    private let blocking: any BlockingExecutor
    private let tries: PasswordGuard
    private let options: ChatOptions
    /// Digests of right passwords under this key are kept in memory, so that a caller who sends the password with every
    /// request costs one slow hash and not one for each.
    private let digester: HMACSHA256
    /// Takes as long to check as that of a room.
    private let decoy: String

    init(_ environment: Chat.Environment, options: ChatOptions) throws(CryptographyError) {
        blocking = environment.blocking
        tries = PasswordGuard(clock: environment.clock, limits: options.limits)
        self.options = options
        digester = try HMACSHA256(key: environment.random.bytes(32))
        decoy = PasswordHash.decoy(cost: options.passwordCost, random: environment.random)
    }

    /// The hash of a new room's password.
    func hash(_ password: String) async throws(ChatError) -> String {
        let limits = options.limits
        guard let password = normalized(password), password.unicodeScalars.count >= limits.shortestPassword else {
            throw .invalid(.password(shortest: limits.shortestPassword, longest: limits.passwordLength))
        }
        let cost = options.passwordCost
        let hash: String?
        do { hash = try await blocking.run { try? PasswordHash.make(password, cost: cost) } } catch { throw .busy }
        guard let hash else { throw .internalFailure }
        return hash
    }

    /// Whether the password is that of the room; for a room that there is not, `wrong` after the same time.
    func check(
        _ password: String, for room: Room?, id: RoomID, from address: IPAddress?
    ) async throws(ChatError) -> Check {
        try tries.begin(id, from: address)
        guard let password = normalized(password) else { return .wrong }
        let (hash, known) = room?.state.withLock { ($0.passwordHash, $0.knownPassword) } ?? (nil, nil)
        let digest = try digest(password)
        if let known, constantTimeEquals(known, digest) {
            tries.succeeded(id, from: address)
            return .right(newHash: nil)
        }
        let outcome: Check
        do {
            outcome = try await compare(password, with: hash)
        } catch {
            tries.withdrew(id, from: address)
            throw .busy
        }
        guard let room, case .right = outcome else { return .wrong }
        room.state.withLock { $0.knownPassword = digest }
        tries.succeeded(id, from: address)
        return outcome
    }

    enum Check: Sendable {
        case wrong
        /// With a new hash to be stored where the old one was made with another cost.
        case right(newHash: String?)
    }

    private func compare(_ password: String, with hash: String?) async throws(BlockingExecutorFull) -> Check {
        let encoded = hash ?? decoy
        let cost = options.passwordCost
        return try await blocking.run {
            guard PasswordHash.verify(password, encoded: encoded), hash != nil else { return .wrong }
            guard PasswordHash.needsRehash(encoded, cost: cost) else { return .right(newHash: nil) }
            return .right(newHash: try? PasswordHash.make(password, cost: cost))
        }
    }

    private func digest(_ password: String) throws(ChatError) -> [UInt8] {
        do { return try digester.code(for: Array(password.utf8)) } catch { throw .internalFailure }
    }

    /// One spelling for what is typed alike; `nil` for a text that is too long to be a password.
    private func normalized(_ password: String) -> String? {
        guard password.utf8.count <= options.limits.passwordLength * 4 else { return nil }
        let password = Normalization.composed(password)
        return password.unicodeScalars.count <= options.limits.passwordLength ? password : nil
    }
}
