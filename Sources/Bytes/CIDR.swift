/// A block of addresses: those that begin with the same bits (RFC 4632).
public struct CIDR: Hashable, Sendable {
    /// The first address of the block.
    public let base: IPAddress
    /// How many of 128 bits are fixed; an IPv4 block's are 96 more than its text says.
    public let prefixLength: Int

    /// The block of `length` fixed bits (of 128) around `address`; `nil` for a length that is not 0 to 128.
    public init?(_ address: IPAddress, prefixLength length: Int) {
        guard (0...128).contains(length) else { return nil }
        prefixLength = length
        base = IPAddress(high: address.high & Self.mask(length), low: address.low & Self.mask(length - 64))
    }

    /// Reads `10.0.0.0/8`, `fd00::/8`, or one address. Bits behind the prefix are ignored.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard (1...2).contains(parts.count), let address = IPAddress(parts[0]) else { return nil }
        let isDotted = !parts[0].utf8.contains(UInt8(ascii: ":"))
        guard parts.count == 2 else {
            self.init(address, prefixLength: 128)
            return
        }
        guard let length = Self.length(parts[1]), length <= (isDotted ? 32 : 128) else { return nil }
        self.init(address, prefixLength: isDotted ? 96 + length : length)
    }

    /// What one customer of a network has: an IPv4 address, or 64 bits of IPv6.
    public init(subscriberOf address: IPAddress) {
        base = address.subscriber
        prefixLength = address.isIPv4 ? 128 : 64
    }

    /// Whether the address begins with the block's bits.
    public func contains(_ address: IPAddress) -> Bool {
        address.high & Self.mask(prefixLength) == base.high && address.low & Self.mask(prefixLength - 64) == base.low
    }

    /// The first `length` bits of 64.
    private static func mask(_ length: Int) -> UInt64 {
        length <= 0 ? 0 : length >= 64 ? .max : ~(.max >> UInt64(length))
    }

    private static func length(_ text: some StringProtocol) -> Int? {
        let isDecimal = (1...3).contains(text.utf8.count) && text.utf8.allSatisfy { (0x30...0x39).contains($0) }
        return isDecimal && (text.utf8.count == 1 || text.utf8.first != 0x30) ? Int(text) : nil
    }
}

extension CIDR: CustomStringConvertible {
    public var description: String {
        base.isIPv4 && prefixLength >= 96 ? "\(base)/\(prefixLength - 96)" : "\(base)/\(prefixLength)"
    }
}
