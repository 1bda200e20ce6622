#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An IPv4 or IPv6 address in one spelling: an IPv4 address inside IPv6 is the IPv4 address.
public struct IPAddress: Hashable, Sendable {
    /// The 16 bytes of the IPv6 form (RFC 4291 section 2.5.5.2 for IPv4).
    public let bytes: [UInt8]

    private static let mappedPrefix = [UInt8](repeating: 0, count: 10) + [0xff, 0xff]

    /// Reads `192.0.2.7`, `2001:db8::7` or `::ffff:192.0.2.7`; no ports, brackets, zones or octal digits.
    public init?(_ text: String) {
        guard text.utf8.count <= 45 else { return nil }
        var octets = [UInt8](repeating: 0, count: 16)
        if unsafe inet_pton(AF_INET6, text, &octets) == 1 {
            bytes = octets
        } else if unsafe inet_pton(AF_INET, text, &octets) == 1 {
            bytes = Self.mappedPrefix + octets[..<4]
        } else {
            return nil
        }
    }

    /// `nil` unless there are 16 bytes.
    public init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    public var isIPv4: Bool { bytes.starts(with: Self.mappedPrefix) }

    /// What one customer of a network has: the address for IPv4, the first 64 bits for IPv6.
    public var subscriber: IPAddress {
        isIPv4 ? self : IPAddress(prefix: bytes[..<8])
    }

    private init(prefix: ArraySlice<UInt8>) {
        bytes = prefix + [UInt8](repeating: 0, count: 16 - prefix.count)
    }
}

extension IPAddress: CustomStringConvertible {
    /// The canonical text (RFC 5952 for IPv6).
    public var description: String {
        var text = [CChar](repeating: 0, count: 64)
        let octets = isIPv4 ? Array(bytes[12...]) : bytes
        let family = isIPv4 ? AF_INET : AF_INET6
        guard unsafe inet_ntop(family, octets, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}
