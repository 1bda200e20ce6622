internal import Bytes
public import EventLoops

/// Encrypts and authenticates messages in the Fernet format, version 0x80 (github.com/fernet/spec); from any thread.
///
/// Contexts of the cipher are keyed once and kept, so that a short message costs about a microsecond.
public final class Fernet: Sendable {
    /// The largest message, in bytes: 256 MiB.
    public static let largestMessage = 1 << 28
    /// How far ahead of this machine's clock a token may be, in seconds, where a time-to-live is checked.
    public static let clockSkew: UInt64 = 60

    let contexts: ContextPool<FernetContext>
    let clock: any WallClock
    let random: any RandomSource

    /// - Parameters:
    ///   - clock: stamps tokens and checks their age; the system's unless told.
    ///   - random: where initialisation vectors come from; the system's unless told.
    /// - Throws: `CryptographyError` where OpenSSL cannot set the cipher up.
    public init(
        key: FernetKey, clock: any WallClock = SystemWallClock(), random: any RandomSource = SecureRandom()
    ) throws(CryptographyError) {
        self.clock = clock
        self.random = random
        contexts = try ContextPool { () throws(CryptographyError) in try FernetContext(key: key) }
    }

    /// The token of `message`, made now: ASCII letters.
    public func encrypt(_ message: RawSpan) throws(FernetError) -> [UInt8] {
        try encrypt(message, at: seconds)
    }

    /// The token of `message`, made now: ASCII letters.
    public func encrypt(_ message: [UInt8]) throws(FernetError) -> [UInt8] { try encrypt(message.span.bytes) }

    /// The token of `text`, made now: ASCII letters.
    public func encrypt(_ text: String) throws(FernetError) -> [UInt8] {
        try encrypt(Array(text.utf8))
    }

    func encrypt(_ message: RawSpan, at time: UInt64) throws(FernetError) -> [UInt8] {
        try message.withUnsafeBytes { bytes throws(FernetError) in try seal(bytes, at: time) }
    }

    /// The message of `token`; with `ttl`, only if the token is at most so many seconds old.
    ///
    /// The authentication code is compared in constant time, and nothing is decrypted before it agrees.
    public func decrypt(_ token: RawSpan, ttl: UInt64? = nil) throws(FernetError) -> [UInt8] {
        let envelope = try FernetEnvelope(token)
        if let ttl { try envelope.checkAge(ttl: ttl, now: seconds) }
        guard let message = try open(envelope) else { throw .notAuthentic }
        return message
    }

    /// The message of `token`; with `ttl`, only if the token is at most so many seconds old.
    public func decrypt(_ token: [UInt8], ttl: UInt64? = nil) throws(FernetError) -> [UInt8] {
        try decrypt(token.span.bytes, ttl: ttl)
    }

    /// The message of `token`; with `ttl`, only if the token is at most so many seconds old.
    public func decrypt(_ token: String, ttl: UInt64? = nil) throws(FernetError) -> [UInt8] {
        try decrypt(Array(token.utf8), ttl: ttl)
    }

    /// Seconds since 1970, as a token records them.
    private var seconds: UInt64 { UInt64(clamping: clock.epochMilliseconds / 1000) }

    private func seal(_ message: UnsafeRawBufferPointer, at time: UInt64) throws(FernetError) -> [UInt8] {
        guard message.count <= Self.largestMessage else { throw .tooLarge }
        do {
            let context = try contexts.take()
            defer { contexts.give(context) }
            return try context.seal(message, time: time, iv: random.bytes(AESContext.blockBytes))
        } catch {
            throw .library(error)
        }
    }

    /// The message; `nil` where the token is not one of this key.
    func open(_ envelope: FernetEnvelope) throws(FernetError) -> [UInt8]? {
        let context: FernetContext
        do { context = try contexts.take() } catch { throw .library(error) }
        defer { contexts.give(context) }
        return try context.open(envelope)
    }
}
