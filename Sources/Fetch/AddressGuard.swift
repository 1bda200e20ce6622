public import Bytes

/// Decides which addresses may be called on behalf of strangers: those of the public internet, and what an operator allows.
///
/// Everything else is somebody's own network, this machine, or no host at all.
public struct AddressGuard: Sendable {
    private let allowed: [CIDR]

    /// - Parameter allowed: networks that may be called though they are not public.
    public init(allowing allowed: [CIDR] = []) { self.allowed = allowed }

    /// Whether the address may be called.
    public func admits(_ address: IPAddress) -> Bool {
        if allowed.contains(where: { $0.contains(address) }) { return true }
        return Self.isPublic(address)
    }

    /// Whether an address is one of the public internet.
    public static func isPublic(_ address: IPAddress) -> Bool {
        if address.isIPv4 { return !special4.contains { $0.contains(address) } }
        if let inner = embedded(in: address) { return isPublic(inner) }
        // Of IPv6 nothing else is given out (RFC 4291 section 2.4).
        return global6.contains(address) && !special6.contains { $0.contains(address) }
    }

    /// The IPv4 address that packets to an IPv6 address end at; `nil` where that is not how it is made.
    private static func embedded(in address: IPAddress) -> IPAddress? {
        // NAT64 (RFC 6052 section 2.1): the last 32 bits.
        if nat64.contains(address) { return IPAddress(v4: UInt32(truncatingIfNeeded: address.low)) }
        // 6to4 (RFC 3056 section 2): the 32 bits behind the prefix.
        if sixToFour.contains(address) { return IPAddress(v4: UInt32(truncatingIfNeeded: address.high >> 16)) }
        return nil
    }

    private static let nat64 = block("64:ff9b::/96")
    private static let sixToFour = block("2002::/16")
    private static let global6 = block("2000::/3")

    /// The registry of special-purpose IPv4 addresses (RFC 6890), multicast (RFC 5771) and what is reserved.
    private static let special4 = [
        "0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24",
        "192.0.2.0/24", "192.31.196.0/24", "192.52.193.0/24", "192.88.99.0/24", "192.168.0.0/16", "192.175.48.0/24",
        "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4",
    ].map { block($0) }

    /// The same of IPv6, in what is given out: protocols (with Teredo), examples, and AS112.
    private static let special6 = [
        "2001::/23", "2001:db8::/32", "2620:4f:8000::/48", "3fff::/20",
    ].map { block($0) }

    /// A literal is always one.
    private static func block(_ text: String) -> CIDR {
        guard let block = CIDR(text) else { preconditionFailure("\(text) is no block of addresses") }
        return block
    }
}
