internal import CCrypto

/// HKDF with SHA-256 (RFC 5869): other keys out of one.
public enum HKDF {
    /// `count` bytes (at most 8,160) that only who has `key` can make, different for each salt and label.
    public static func derive(
        key: [UInt8], salt: [UInt8], label: [UInt8], count: Int
    ) throws(CryptographyError) -> [UInt8] {
        let failure = CryptographyError(operation: "deriving a key")
        guard count > 0, let context = EVP_KDF_CTX_new(algorithm) else { throw failure }
        defer { EVP_KDF_CTX_free(context) }
        var derived = [UInt8](repeating: 0, count: count)
        guard
            parley_hkdf_sha256(
                context, key, key.count, salt, salt.count, label, label.count, &derived, count) == 1
        else {
            ERR_clear_error()
            throw failure
        }
        return derived
    }

    /// Fetched once and never freed: immutable, and as old as the process.
    private nonisolated(unsafe) static let algorithm = EVP_KDF_fetch(nil, "HKDF", nil)
}
