import Accounts
import Bytes
import Cryptography
import EventLoops

/// Hashes and checks room passwords, off the loops, with a limit on wrong ones.
struct PasswordChecker: Sendable {
    private let hasher: PasswordHasher
    private let tries: PasswordGuard
    private let options: ChatOptions
    /// Digests of right passwords under this key are kept in memory, so that a caller who sends the password with every
    /// request costs one slow hash and not one for each.
    private let digester: HMACSHA256

    init(_ environment: Chat.Environment, options: ChatOptions) throws(CryptographyError) {
        hasher = PasswordHasher(environment.blocking, cost: options.passwordCost, random: environment.random)
        tries = PasswordGuard(clock: environment.clock, limits: options.limits)
        self.options = options
        digester = try HMACSHA256(key: environment.random.bytes(32))
    }

    /// The hash of a new room's password.
    func hash(_ password: String) async throws(ChatError) -> String {
        let limits = options.limits
        guard let password = normalized(password), password.unicodeScalars.count >= limits.shortestPassword else {
            throw .invalid(.password(shortest: limits.shortestPassword, longest: limits.passwordLength))
        }
        let hash: String?
        do { hash = try await hasher.hash(password) } catch { throw .busy }
        guard let hash else { throw .internalFailure }
        return hash
    }

    /// Whether the password is that of the room; for a room that there is not, `wrong` after the same time.
    func check(
        _ password: String, for room: Room?, id: RoomID, from address: IPAddress?
    ) async throws(ChatError) -> PasswordHasher.Check {
        try tries.begin(id, from: address)
        guard let password = normalized(password) else { return .wrong }
        let (hash, known) = room?.state.withLock { ($0.passwordHash, $0.knownPassword) } ?? (nil, nil)
        let digest = try digest(password)
        if let known, constantTimeEquals(known, digest) {
            tries.succeeded(id, from: address)
            return .right(newHash: nil)
        }
        let outcome: PasswordHasher.Check
        do {
            outcome = try await hasher.check(password, with: hash)
        } catch {
            tries.withdrew(id, from: address)
            throw .busy
        }
        guard let room, case .right = outcome else { return .wrong }
        room.state.withLock { $0.knownPassword = digest }
        tries.succeeded(id, from: address)
        return outcome
    }

    private func digest(_ password: String) throws(ChatError) -> [UInt8] {
        do { return try digester.code(for: Array(password.utf8)) } catch { throw .internalFailure }
    }

    private func normalized(_ password: String) -> String? {
        Normalization.password(password, longest: options.limits.passwordLength)
    }
}
