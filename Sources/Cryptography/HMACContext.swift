internal import CCrypto

/// A keyed HMAC-SHA256 context of the library; one thread at a time uses it.
final class HMACContext {
    private let context: OpaquePointer

    init(key: [UInt8]) throws(CryptographyError) {
        guard let algorithm = Self.algorithm, let made = EVP_MAC_CTX_new(algorithm) else {
            throw CryptographyError(operation: "preparing a message authentication code")
        }
        context = made
        // From here on the deinitializer frees the context, even where this throws.
        guard parley_hmac_sha256_key(made, key, key.count) == 1 else {
            throw CryptographyError(operation: "preparing a message authentication code")
        }
    }

    deinit { EVP_MAC_CTX_free(context) }

    /// Writes the code of `message` to the first 32 bytes of `target`.
    func authenticate(_ message: UnsafeRawBufferPointer, into target: UnsafeMutableRawPointer) throws(CryptographyError)
    {
        var count = 0
        let bytes = message.bindMemory(to: UInt8.self)
        // No key and no parameters: the library starts anew with those that it has.
        guard EVP_MAC_init(context, nil, 0, nil) == 1,
            EVP_MAC_update(context, bytes.baseAddress, bytes.count) == 1,
            EVP_MAC_final(context, target.assumingMemoryBound(to: UInt8.self), &count, SHA256.byteCount) == 1,
            count == SHA256.byteCount
        else { throw CryptographyError(operation: "authenticating a message") }
    }

    /// Fetched once and never freed: immutable, and as old as the process.
    private nonisolated(unsafe) static let algorithm = EVP_MAC_fetch(nil, "HMAC", nil)
}
