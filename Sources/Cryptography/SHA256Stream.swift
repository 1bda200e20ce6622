internal import CCrypto

/// SHA-256 of bytes that come in pieces. Used by one thread at a time.
@safe
public final class SHA256Stream {
    private let context: OpaquePointer
    private static let failure = CryptographyError(operation: "hashing")

    /// Of nothing yet.
    public init() throws(CryptographyError) {
        guard let made = EVP_MD_CTX_new() else { throw Self.failure }
        context = made
        guard EVP_DigestInit_ex(made, EVP_sha256(), nil) == 1 else { throw Self.failure }
    }

    deinit { EVP_MD_CTX_free(context) }

    public func add(_ bytes: RawSpan) throws(CryptographyError) {
        let code = bytes.withUnsafeBytes { EVP_DigestUpdate(context, $0.baseAddress, $0.count) }
        guard code == 1 else { throw Self.failure }
    }

    /// The digest of all that was added; nothing may be added afterwards.
    public func finish() throws(CryptographyError) -> [UInt8] {
        var digest = [UInt8](repeating: 0, count: SHA256.byteCount)
        guard EVP_DigestFinal_ex(context, &digest, nil) == 1 else { throw Self.failure }
        return digest
    }
}
