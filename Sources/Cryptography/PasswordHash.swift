internal import Bytes
internal import CSodium
public import EventLoops

/// Argon2id hashes of passwords (RFC 9106), in the encoded form `$argon2id$v=19$m=…,t=…,p=1$salt$hash`.
///
/// Each call takes tens of milliseconds and the cost's memory: call from a pool of blocking threads, never from a loop.
public enum PasswordHash {
    /// What one guess costs.
    public struct Cost: Sendable, Equatable {
        /// The memory that one guess fills, in KiB.
        public var memoryKiB: Int
        /// How often the memory is gone over.
        public var passes: Int

        /// 19 MiB and two passes on one lane: what OWASP's password storage guide asks for.
        public static let standard = Cost(memoryKiB: 19 * 1024, passes: 2)

        /// - Parameters:
        ///   - memoryKiB: 8 KiB to 4 GiB.
        ///   - passes: 1 to 1,000.
        public init(memoryKiB: Int, passes: Int) {
            precondition(
                (8...4 << 20).contains(memoryKiB) && (1...1000).contains(passes), "a cost within Argon2's bounds")
            self.memoryKiB = memoryKiB
            self.passes = passes
        }

        var memoryBytes: Int { memoryKiB * 1024 }
    }

    private static let encodedBytes = 128

    /// Hashes `password` with a new random salt of 16 bytes.
    public static func make(_ password: String, cost: Cost = .standard) throws(CryptographyError) -> String {
        Sodium.start()
        var encoded = [CChar](repeating: 0, count: encodedBytes)
        let bytes = password.utf8.map { CChar(bitPattern: $0) }
        let result = crypto_pwhash_str_alg(
            &encoded, bytes, UInt64(bytes.count), UInt64(cost.passes), cost.memoryBytes, crypto_pwhash_ALG_ARGON2ID13)
        guard result == 0 else { throw CryptographyError(operation: "hashing a password") }
        return String(decoding: encoded.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// What no password is the one of, and what takes as long to check as a hash of that cost; made in no time.
    public static func decoy(cost: Cost = .standard, random: any RandomSource = SecureRandom()) -> String {
        let salt = Base64.standard.encode(random.bytes(16), padding: false)
        let digest = Base64.standard.encode(random.bytes(32), padding: false)
        return "$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=1$\(salt)$\(digest)"
    }

    /// Whether `password` is the one that `encoded` was made of; compares in constant time.
    public static func verify(_ password: String, encoded: String) -> Bool {
        Sodium.start()
        guard let text = cText(encoded) else { return false }
        let bytes = password.utf8.map { CChar(bitPattern: $0) }
        return crypto_pwhash_str_verify(text, bytes, UInt64(bytes.count)) == 0
    }

    /// Whether `encoded` was made with another cost or another algorithm, or is no hash at all.
    public static func needsRehash(_ encoded: String, cost: Cost = .standard) -> Bool {
        guard let text = cText(encoded) else { return true }
        return crypto_pwhash_str_needs_rehash(text, UInt64(cost.passes), cost.memoryBytes) != 0
    }

    /// The 128 bytes that the library reads; `nil` for what cannot be one of its hashes.
    private static func cText(_ encoded: String) -> [CChar]? {
        let letters = encoded.utf8.map { CChar(bitPattern: $0) }
        guard letters.count < encodedBytes, !letters.contains(0), encoded.hasPrefix("$argon2id$") else { return nil }
        return letters + [CChar](repeating: 0, count: encodedBytes - letters.count)
    }
}
