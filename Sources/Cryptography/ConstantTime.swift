internal import CCrypto

/// Whether `a` and `b` are the same bytes, in a time that depends on their lengths only.
public func constantTimeEquals(_ a: RawSpan, _ b: RawSpan) -> Bool {
    guard a.byteCount == b.byteCount else { return false }
    return a.withUnsafeBytes { x in b.withUnsafeBytes { y in areEqual(x, y) } }
}

/// Whether `a` and `b` are the same bytes, in a time that depends on their lengths only.
public func constantTimeEquals(_ a: [UInt8], _ b: [UInt8]) -> Bool {
    constantTimeEquals(a.span.bytes, b.span.bytes)
}

private func areEqual(_ x: UnsafeRawBufferPointer, _ y: UnsafeRawBufferPointer) -> Bool {
    guard let a = x.baseAddress, let b = y.baseAddress else { return true }
    return CRYPTO_memcmp(a, b, x.count) == 0
}
