internal import Bytes

/// HMAC-SHA256 (RFC 2104) under one key; from any thread.
public final class HMACSHA256: Sendable {
    private let contexts: ContextPool<HMACContext>

    /// Codes under this key.
    public init(key: [UInt8]) throws(CryptographyError) {
        contexts = try ContextPool { () throws(CryptographyError) in try HMACContext(key: key) }
    }

    /// The 32 bytes of the code of `message`.
    public func code(for message: RawSpan) throws(CryptographyError) -> [UInt8] {
        let context = try contexts.take()
        defer { contexts.give(context) }
        var code = [UInt8](repeating: 0, count: SHA256.byteCount)
        try message.withUnsafeBytes { bytes throws(CryptographyError) in
            try code.withUnsafeMutableBufferPointer { target throws(CryptographyError) in
                guard let start = target.baseAddress else { return }
                try context.authenticate(bytes, into: start)
            }
        }
        return code
    }

    /// The 32 bytes of the code of `message`.
    public func code(for message: [UInt8]) throws(CryptographyError) -> [UInt8] { try code(for: message.span.bytes) }

    /// Whether `code` is that of `message`; takes the same time wherever the two differ.
    public func verify(_ code: [UInt8], for message: RawSpan) throws(CryptographyError) -> Bool {
        constantTimeEquals(try self.code(for: message), code)
    }
}
