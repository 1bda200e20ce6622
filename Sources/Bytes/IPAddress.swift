/// An address of IPv4 or IPv6, in 128 bits.
///
/// An IPv4 address and its IPv4-mapped IPv6 form (RFC 4291 section 2.5.5.2) are the same value, so that a dual-stack
/// socket and a rule written in either form agree.
public struct IPAddress: Hashable, Sendable {
    /// The first eight bytes in network order.
    public let high: UInt64
    /// The last eight bytes in network order.
    public let low: UInt64

    /// The address with these 128 bits.
    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// The IPv4 address whose four bytes are those of `bits`, most significant first.
    public init(v4 bits: UInt32) {
        self.init(high: 0, low: 0xffff << 32 | UInt64(bits))
    }

    /// Reads dotted decimal, or the text forms of RFC 4291 section 2.2; no zone, no brackets, no leading zeros in IPv4.
    public init?(_ text: some StringProtocol) {
        let letters = Array(text.utf8)
        if let bits = Self.parseV4(letters[...]) {
            self.init(v4: bits)
        } else if let groups = Self.parseV6(letters), groups.count == 8 {
            self.init(high: Self.join(groups[..<4]), low: Self.join(groups[4...]))
        } else {
            return nil
        }
    }

    /// Whether this is an IPv4 address, in either form.
    public var isIPv4: Bool { high == 0 && low >> 32 == 0xffff }

    /// The four bytes of an IPv4 address, most significant first.
    public var v4: UInt32? { isIPv4 ? UInt32(truncatingIfNeeded: low) : nil }

    /// Whether the address never leaves the machine: 127.0.0.0/8 and ::1.
    public var isLoopback: Bool {
        if let v4 { return v4 >> 24 == 127 }
        return high == 0 && low == 1
    }

    /// Whether the address stands for "any": 0.0.0.0 and ::.
    public var isUnspecified: Bool { v4 == 0 || (high == 0 && low == 0) }

    /// What one customer of a network has, for limits that count for callers: the address for IPv4, the first 64 bits for
    /// IPv6.
    public var subscriber: IPAddress { isIPv4 ? self : IPAddress(high: high, low: 0) }

    private static func join(_ groups: ArraySlice<UInt16>) -> UInt64 {
        groups.reduce(0) { $0 << 16 | UInt64($1) }
    }
}

// MARK: - Text

extension IPAddress: CustomStringConvertible {
    /// Dotted decimal for IPv4, RFC 5952 for IPv6.
    public var description: String {
        if let v4 { return "\(v4 >> 24).\(v4 >> 16 & 255).\(v4 >> 8 & 255).\(v4 & 255)" }
        let groups = groups
        guard let zeros = longestZeros(in: groups) else { return Self.text(of: groups[...]) }
        return Self.text(of: groups[..<zeros.lowerBound]) + "::" + Self.text(of: groups[zeros.upperBound...])
    }

    private var groups: [UInt16] {
        (0..<8).map { UInt16(truncatingIfNeeded: ($0 < 4 ? high : low) >> UInt64(48 - 16 * ($0 % 4))) }
    }

    private static func text(of groups: ArraySlice<UInt16>) -> String {
        groups.map { String($0, radix: 16) }.joined(separator: ":")
    }

    /// The first longest run of at least two zero groups, which `::` stands for.
    private func longestZeros(in groups: [UInt16]) -> Range<Int>? {
        var best = 0..<1
        var start = 0
        for index in 0...8 where index == 8 || groups[index] != 0 {
            if index - start > best.count { best = start..<index }
            start = index + 1
        }
        return best.count >= 2 ? best : nil
    }

    private static func parseV4(_ letters: ArraySlice<UInt8>) -> UInt32? {
        let parts = letters.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        guard parts.count == 4 else { return nil }
        var bits: UInt32 = 0
        for part in parts {
            guard (1...3).contains(part.count), part.count == 1 || part.first != UInt8(ascii: "0") else { return nil }
            var value: UInt32 = 0
            for letter in part {
                guard letter >= 0x30 && letter <= 0x39 else { return nil }
                value = value * 10 + UInt32(letter - 0x30)
            }
            guard value <= 255 else { return nil }
            bits = bits << 8 | value
        }
        return bits
    }

    private static func parseV6(_ letters: [UInt8]) -> [UInt16]? {
        let colon = UInt8(ascii: ":")
        guard let gap = letters.indices.dropLast().first(where: { letters[$0] == colon && letters[$0 + 1] == colon })
        else { return parseGroups(letters[...], mayEndInV4: true) }
        guard let before = parseGroups(letters[..<gap], mayEndInV4: false),
            let after = parseGroups(letters[(gap + 2)...], mayEndInV4: true), before.count + after.count < 8
        else { return nil }
        return before + repeatElement(0, count: 8 - before.count - after.count) + after
    }

    /// At most eight groups between single colons, of which the last two may be written as an IPv4 address.
    private static func parseGroups(_ letters: ArraySlice<UInt8>, mayEndInV4: Bool) -> [UInt16]? {
        guard !letters.isEmpty else { return [] }
        var parts = letters.split(separator: UInt8(ascii: ":"), maxSplits: 8, omittingEmptySubsequences: false)
        var end: [UInt16] = []
        if mayEndInV4, let bits = parts.last.flatMap(parseV4) {
            end = [UInt16(bits >> 16), UInt16(bits & 0xffff)]
            parts.removeLast()
        }
        var groups: [UInt16] = []
        for part in parts {
            guard groups.count < 8, let group = parseGroup(part) else { return nil }
            groups.append(group)
        }
        return groups + end
    }

    private static func parseGroup(_ letters: ArraySlice<UInt8>) -> UInt16? {
        guard (1...4).contains(letters.count) else { return nil }
        var value: UInt16 = 0
        for letter in letters {
            guard let digit = Hex.value(of: letter) else { return nil }
            value = value << 4 | UInt16(digit)
        }
        return value
    }
}
