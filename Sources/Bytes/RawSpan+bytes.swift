extension RawSpan {
    /// The byte at `index`; traps outside the bounds, as an array does.
    @inlinable
    @inline(__always)
    public func byte(at index: Int) -> UInt8 {
        unsafeLoad(fromByteOffset: checked(index), as: UInt8.self)
    }

    @inlinable
    @inline(__always)
    func checked(_ index: Int) -> Int {
        precondition(index >= 0 && index < byteCount, "index out of range")
        return index
    }

    /// A copy of the bytes.
    public var array: [UInt8] { withUnsafeBytes { Array($0) } }

    /// The bytes as text, or `nil` where they are not UTF-8.
    public var string: String? {
        withUnsafeBytes { bytes in String(validating: bytes, as: UTF8.self) }
    }

    /// Whether these are the bytes of the text.
    public func elementsEqual(_ text: StaticString) -> Bool {
        guard byteCount == text.utf8CodeUnitCount else { return false }
        return withUnsafeBytes { bytes in
            bytes.elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
        }
    }
}

extension [UInt8] {
    /// Appends a copy of `bytes`.
    @inlinable
    public mutating func append(contentsOf bytes: RawSpan) {
        bytes.withUnsafeBytes { append(contentsOf: $0) }
    }

    /// Appends the decimal digits of `value`.
    @inlinable
    public mutating func append(decimal value: Int) {
        guard value >= 0, value < 1_000_000_000 else { return append(contentsOf: String(value).utf8) }
        var divisor = 1
        while value / divisor >= 10 { divisor *= 10 }
        while divisor > 0 {
            append(0x30 + UInt8(value / divisor % 10))
            divisor /= 10
        }
    }

    /// Appends `value` with its most significant byte first.
    @inlinable
    public mutating func append<I: FixedWidthInteger>(bigEndian value: I) {
        Swift.withUnsafeBytes(of: value.bigEndian) { append(contentsOf: $0) }
    }
}
