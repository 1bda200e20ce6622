internal import Bytes
public import EventLoops

/// Several Fernet keys: the first one writes, every one reads, so that keys change without a pause.
public final class FernetKeyring: Sendable {
    private let current: Locked<[Fernet]>
    private let clock: any WallClock
    private let random: any RandomSource

    /// - Parameter keys: at least one.
    public init(
        keys: [FernetKey], clock: any WallClock = SystemWallClock(), random: any RandomSource = SecureRandom()
    ) throws(CryptographyError) {
        current = Locked(try Self.fernets(keys, clock, random))
        self.clock = clock
        self.random = random
    }

    private static func fernets(
        _ keys: [FernetKey], _ clock: any WallClock, _ random: any RandomSource
    ) throws(CryptographyError) -> [Fernet] {
        precondition(!keys.isEmpty, "a keyring has a key")
        var fernets: [Fernet] = []
        for key in keys { fernets.append(try Fernet(key: key, clock: clock, random: random)) }
        return fernets
    }

    private var fernets: [Fernet] { current.withLock { $0 } }

    /// Puts these keys, at least one, in the place of those that are on the ring. From any thread.
    public func replaceKeys(with keys: [FernetKey]) throws(CryptographyError) {
        let made = try Self.fernets(keys, clock, random)
        current.withLock { $0 = made }
    }

    /// The token of `message` under the first key.
    public func encrypt(_ message: [UInt8]) throws(FernetError) -> [UInt8] { try fernets[0].encrypt(message) }

    /// The message of `token`, whichever of the keys it was made with.
    public func decrypt(_ token: [UInt8], ttl: UInt64? = nil) throws(FernetError) -> [UInt8] {
        let envelope = try FernetEnvelope(token.span.bytes)
        if let ttl { try envelope.checkAge(ttl: ttl, now: UInt64(clamping: clock.epochMilliseconds / 1000)) }
        return try open(envelope)
    }

    /// The same message under the first key, with the time of the old token.
    public func rotate(_ token: [UInt8]) throws(FernetError) -> [UInt8] {
        let envelope = try FernetEnvelope(token.span.bytes)
        let message = try open(envelope)
        return try fernets[0].encrypt(message.span.bytes, at: envelope.time)
    }

    /// Whether `token` was made with the first key.
    public func isCurrent(_ token: [UInt8]) -> Bool {
        (try? fernets[0].decrypt(token)) != nil
    }

    private func open(_ envelope: FernetEnvelope) throws(FernetError) -> [UInt8] {
        for fernet in fernets {
            if let message = try fernet.open(envelope) { return message }
        }
        throw .notAuthentic
    }
}

extension FernetKeyring {
    /// Wraps a data key: a token whose message is the key's text form, so that any Fernet library opens it.
    public func wrap(_ key: FernetKey) throws(FernetError) -> [UInt8] { try encrypt(Array(key.secretText.utf8)) }

    /// The data key of a token that `wrap` made.
    public func unwrap(_ token: [UInt8]) throws(FernetError) -> FernetKey {
        let message = try decrypt(token)
        guard let key = FernetKey(String(decoding: message, as: UTF8.self)) else { throw .malformed }
        return key
    }
}
