internal import CCrypto

/// SHA-256 (FIPS 180-4).
public enum SHA256 {
    /// The number of bytes of a digest.
    public static let byteCount = 32

    /// The digest of `bytes`.
    public static func hash(_ bytes: RawSpan) -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: byteCount) { digest, count in
            _ = bytes.withUnsafeBytes {
                CCrypto.SHA256($0.bindMemory(to: UInt8.self).baseAddress, $0.count, digest.baseAddress)
            }
            count = byteCount
        }
    }

    /// The digest of `bytes`.
    public static func hash(_ bytes: [UInt8]) -> [UInt8] { hash(bytes.span.bytes) }
}
