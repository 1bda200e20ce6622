import Bytes

/// The networks from which a room is entered without its password, or, where its rule says so, at all.
///
/// Most are one subscriber's: an IPv4 address, or the 64 bits that an IPv6 customer is given. These are looked up, and
/// ranges that a moderator wrote are gone through.
struct VerifiedNetworks: Sendable {
    private var subscribers: [IPAddress: Int64] = [:]
    private var ranges: [CIDR: Int64] = [:]

    init(_ networks: [VerifiedNetwork]) {
        for network in networks { set(network.network, until: network.until) }
    }

    func contains(_ address: IPAddress, at time: Int64) -> Bool {
        if let until = subscribers[address.subscriber], until > time { return true }
        return ranges.contains { $0.value > time && $0.key.contains(address) }
    }

    /// Takes one in, or puts off its end; of more than `most`, those that end first go.
    mutating func note(_ network: CIDR, until: Int64, most: Int) {
        set(network, until: until)
        guard subscribers.count + ranges.count > most else { return }
        let firstAddress = subscribers.min { $0.value < $1.value }
        let firstRange = ranges.min { $0.value < $1.value }
        if let firstAddress, firstAddress.value <= firstRange?.value ?? .max {
            subscribers[firstAddress.key] = nil
        } else if let firstRange {
            ranges[firstRange.key] = nil
        }
    }

    mutating func remove(_ network: CIDR) {
        ranges[network] = nil
        if network == CIDR(subscriberOf: network.base) { subscribers[network.base] = nil }
    }

    mutating func removeAll() { self = VerifiedNetworks([]) }

    private mutating func set(_ network: CIDR, until: Int64) {
        if network == CIDR(subscriberOf: network.base) {
            subscribers[network.base] = until
        } else {
            ranges[network] = until
        }
    }
}
