/// Reads a borrowed run of bytes from front to back; never past its end.
///
/// Verbs: `peek` looks, `read` consumes; both answer `nil` when too few bytes are left, and then consume nothing.
public struct ByteReader: ~Escapable {
    /// What is read.
    public let bytes: RawSpan
    /// The index of the next byte to read.
    public private(set) var position: Int

    /// A reader at the first byte.
    @inlinable
    @_lifetime(copy bytes)
    public init(_ bytes: RawSpan) {
        self.init(bytes, position: 0)
    }

    @usableFromInline
    @_lifetime(copy bytes)
    init(_ bytes: RawSpan, position: Int) {
        self.bytes = bytes
        self.position = position
    }

    /// How many bytes are left.
    public var remaining: Int { bytes.byteCount - position }

    /// Whether no byte is left.
    public var isAtEnd: Bool { position == bytes.byteCount }

    /// The next byte, which stays; `nil` at the end.
    public func peekByte() -> UInt8? {
        position < bytes.byteCount ? bytes.byte(at: position) : nil
    }

    /// The next byte; `nil` at the end.
    public mutating func readByte() -> UInt8? {
        guard position < bytes.byteCount else { return nil }
        defer { position += 1 }
        return bytes.byte(at: position)
    }

    /// Reads a big-endian unsigned integer of `width` bytes (1 to 8).
    public mutating func readInteger(width: Int) -> UInt64? {
        guard remaining >= width else { return nil }
        var value: UInt64 = 0
        for index in position..<position + width { value = value << 8 | UInt64(bytes.byte(at: index)) }
        position += width
        return value
    }

    /// The next bytes; `nil`, and nothing is taken, where there are fewer.
    @_lifetime(copy self)
    public mutating func readBytes(_ count: Int) -> RawSpan? {
        guard count >= 0, remaining >= count else { return nil }
        defer { position += count }
        return bytes.extracting(position..<position + count)
    }

    /// All bytes that are left.
    @_lifetime(copy self)
    public mutating func readRemaining() -> RawSpan {
        defer { position = bytes.byteCount }
        return bytes.extracting(position..<bytes.byteCount)
    }
}
