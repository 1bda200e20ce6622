/// A block of IP addresses in CIDR notation (RFC 4632): `10.0.0.0/8`, `2001:db8::/32`, or one address alone.
public struct AddressBlock: Sendable, Hashable {
    /// 4 or 16 bytes; those behind the prefix are zero.
    private let network: [UInt8]
    private let prefix: Int

    /// `nil` for what is no block, such as one with bits set behind its prefix (`10.0.0.1/8`).
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let bytes = IPAddressText.bytes(parts[0]) else { return nil }
        var prefix = bytes.count * 8
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }), parts[1].utf8.count <= 3,
                let length = Int(parts[1]), length <= bytes.count * 8
            else { return nil }
            prefix = length
        }
        guard Self.masked(bytes, to: prefix) == bytes else { return nil }
        self.network = bytes
        self.prefix = prefix
    }

    /// Whether the address lies in the block. An IPv4 address mapped into IPv6 (`::ffff:10.0.0.1`) counts as IPv4.
    public func contains(_ address: String) -> Bool {
        IPAddressText.bytes(address).map(contains) ?? false
    }

    /// The same for 4 or 16 bytes in network order.
    public func contains(_ address: [UInt8]) -> Bool {
        let bytes = IPAddressText.unmapped(address)
        return bytes.count == network.count && Self.masked(bytes, to: prefix) == network
    }

    private static func masked(_ bytes: [UInt8], to prefix: Int) -> [UInt8] {
        bytes.enumerated().map { index, byte in
            let kept = min(max(prefix - index * 8, 0), 8)
            return byte & ~UInt8(truncatingIfNeeded: 0xff >> kept)
        }
    }
}

extension AddressBlock: CustomStringConvertible {
    public var description: String { "\(IPAddressText.text(network))/\(prefix)" }
}

extension SettingType where Value == AddressBlock {
    public static var addressBlock: Self {
        SettingType("an address block", parse: { AddressBlock($0) }, format: { $0.description })
    }
}
