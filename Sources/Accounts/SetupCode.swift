import Bytes
import Cryptography
import EventLoops

/// What whoever starts the server for the first time is told, and shows to become its administrator. Good once; never
/// stored.
final class SetupCode: Sendable {
    private let code = Locked<String?>(nil)
    private let attempts: AttemptGuard<IPAddress?>

    /// Codes that one address, and all of them, may try in the window of wrong passwords.
    private static let most = 10
    private static let mostInAll = 100
    /// Letters and digits that nobody takes for each other.
    private static let letters = Array("ABCDEFGHJKMNPQRSTVWXYZ23456789")
    private static let length = 12

    init(clock: any WallClock, limits: AccountLimits) {
        attempts = AttemptGuard(clock: clock, window: limits.failureWindow, capacity: limits.failureRecords)
    }

    /// The code as it is shown: `ABCD-EFGH-JKMN`.
    func make(_ random: any RandomSource) -> String {
        var made = ""
        while made.count < Self.length {
            // Bytes beyond the last whole round of the letters would make the first ones likelier.
            for byte in random.bytes(32)
            where made.count < Self.length && Int(byte) < 256 / Self.letters.count * Self.letters.count {
                made.append(Self.letters[Int(byte) % Self.letters.count])
            }
        }
        code.withLock { [made] in $0 = made }
        return stride(from: 0, to: Self.length, by: 4).map { String(made.dropFirst($0).prefix(4)) }.joined(
            separator: "-")
    }

    /// Whether there is one that was not used.
    var isOpen: Bool { code.withLock { $0 != nil } }

    /// Takes a code that a stranger shows, in any case and with or without its hyphens, so that nobody else can use it.
    func take(_ shown: String, from address: IPAddress?) throws(AccountError) -> String {
        let subscriber = address?.subscriber
        var subjects: [(subject: IPAddress?, most: Int)] = [(nil, Self.mostInAll)]
        if let subscriber { subjects.append((subscriber, Self.most)) }
        if let seconds = attempts.begin(subjects) { throw .tooManyAttempts(retryAfter: seconds) }
        let letters = shown.prefix(64).uppercased().filter { $0.isLetter || $0.isNumber }
        let taken: String? = code.withLock { code in
            guard let known = code, constantTimeEquals(Array(letters.utf8), Array(known.utf8)) else { return nil }
            code = nil
            return known
        }
        guard let taken else { throw .wrongSetupCode }
        return taken
    }

    /// The code was not used after all.
    func giveBack(_ taken: String) { code.withLock { $0 = taken } }
}

extension Accounts {
    /// A code with which the first visitor becomes administrator, where there is none yet; each call makes a new one.
    public func makeSetupCode() async throws(AccountError) -> String? {
        try await needsAdministrator() ? setupCode.make(environment.random) : nil
    }

    /// Whether the server waits for its administrator.
    public var isSetupOpen: Bool { setupCode.isOpen }

    /// Makes the first administrator and begins a session.
    public func setUp(
        with code: String, as registration: Registration, on device: Device
    ) async throws(AccountError) -> TokenPair {
        let taken = try setupCode.take(code, from: device.address)
        var registration = registration
        registration.role = .administrator
        let account: Account
        do throws(AccountError) {
            guard try await needsAdministrator() else { throw AccountError.wrongSetupCode }
            account = try await register(registration)
        } catch {
            setupCode.giveBack(taken)
            throw error
        }
        return try await begin(account, on: device)
    }
}
