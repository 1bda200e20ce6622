/// 128 bits that name something anywhere (RFC 9562).
public struct UUID: Hashable, Sendable {
    public let high: UInt64
    public let low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// Version 4 (section 5.4) of 16 random bytes; missing ones count as 0.
    public init(random bytes: some Sequence<UInt8>) {
        let (high, low) = Self.halves(bytes)
        self.high = high & ~0xf000 | 0x4000
        self.low = low & ~(0b11 << 62) | 0b10 << 62
    }

    /// Version 8 (section 5.8) of 16 random bytes, with a mark of twelve bits that says what it names.
    public init(random bytes: some Sequence<UInt8>, mark: UInt16) {
        let (high, low) = Self.halves(bytes)
        self.high = high & ~0xffff | 0x8000 | UInt64(mark & 0xfff)
        self.low = low & ~(0b11 << 62) | 0b10 << 62
    }

    /// The mark of one that was made with a mark; `nil` for any other.
    public var mark: UInt16? {
        high & 0xf000 == 0x8000 && low >> 62 == 0b10 ? UInt16(truncatingIfNeeded: high & 0xfff) : nil
    }

    /// The value of 16 bytes, the most significant first; `nil` for another number of them.
    public init?(bytes: some Collection<UInt8>) {
        guard bytes.count == 16 else { return nil }
        (high, low) = Self.halves(bytes)
    }

    /// Reads `01234567-89ab-cdef-0123-456789abcdef`, in either case; `nil` for any other form.
    public init?(_ text: some StringProtocol) {
        let letters = Array(text.utf8)
        guard letters.count == 36 else { return nil }
        var digits: [UInt8] = []
        for (position, letter) in letters.enumerated() {
            if Self.hyphens.contains(position) {
                guard letter == UInt8(ascii: "-") else { return nil }
            } else {
                digits.append(letter)
            }
        }
        guard let bytes = Hex.decode(String(decoding: digits, as: UTF8.self)) else { return nil }
        self.init(bytes: bytes)
    }

    /// The 16 bytes, the most significant first.
    public var bytes: [UInt8] {
        [high, low].flatMap { half in (0..<8).map { UInt8(truncatingIfNeeded: half >> (56 - 8 * $0)) } }
    }

    private static let hyphens: Set = [8, 13, 18, 23]

    private static func halves(_ bytes: some Sequence<UInt8>) -> (high: UInt64, low: UInt64) {
        var (high, low): (UInt64, UInt64) = (0, 0)
        for (position, byte) in bytes.prefix(16).enumerated() {
            let shift = UInt64(56 - 8 * (position % 8))
            if position < 8 { high |= UInt64(byte) << shift } else { low |= UInt64(byte) << shift }
        }
        return (high, low)
    }
}

extension UUID: CustomStringConvertible {
    /// The form of RFC 9562 section 4, in lower case.
    public var description: String {
        var text = ""
        for (position, digit) in Hex.encode(bytes).enumerated() {
            if [8, 12, 16, 20].contains(position) { text.append("-") }
            text.append(digit)
        }
        return text
    }
}
