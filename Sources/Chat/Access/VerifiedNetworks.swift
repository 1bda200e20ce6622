import Bytes

/// The networks from which a room is entered without its password, or, where its rule says so, at all.
///
/// Most are one subscriber's: an IPv4 address, or the 64 bits that an IPv6 customer is given. These are looked up, and
/// ranges that a moderator wrote are gone through.
struct VerifiedNetworks: Sendable {
    private struct Leave {
        let until: Int64
        /// A moderator gave it, and not the password.
        let isByModerator: Bool

        func holds(at time: Int64, onlyByModerator: Bool) -> Bool {
            until > time && (isByModerator || !onlyByModerator)
        }
    }

    private var subscribers: [IPAddress: Leave] = [:]
    private var ranges: [CIDR: Leave] = [:]

    init(_ networks: [VerifiedNetwork]) {
        for network in networks { set(network) }
    }

    /// - Parameter onlyByModerator: whether what the password let in counts for nothing.
    func contains(_ address: IPAddress, at time: Int64, onlyByModerator: Bool = false) -> Bool {
        if subscribers[address.subscriber]?.holds(at: time, onlyByModerator: onlyByModerator) == true { return true }
        return ranges.contains {
            $0.value.holds(at: time, onlyByModerator: onlyByModerator) && $0.key.contains(address)
        }
    }

    /// Takes one in, or puts off its end; of more than `most`, those that end first go.
    mutating func note(_ network: VerifiedNetwork, most: Int) {
        set(network)
        guard subscribers.count + ranges.count > most else { return }
        let firstAddress = subscribers.min { $0.value.until < $1.value.until }
        let firstRange = ranges.min { $0.value.until < $1.value.until }
        if let firstAddress, firstAddress.value.until <= firstRange?.value.until ?? .max {
            subscribers[firstAddress.key] = nil
        } else if let firstRange {
            ranges[firstRange.key] = nil
        }
    }

    mutating func remove(_ network: CIDR) {
        ranges[network] = nil
        if network == CIDR(subscriberOf: network.base) { subscribers[network.base] = nil }
    }

    /// Removes what showing the password has let in.
    mutating func removeAllByPassword() {
        subscribers = subscribers.filter { $0.value.isByModerator }
        ranges = ranges.filter { $0.value.isByModerator }
    }

    private mutating func set(_ verified: VerifiedNetwork) {
        let network = verified.network
        let leave = Leave(until: verified.until, isByModerator: verified.moderator != nil)
        if network == CIDR(subscriberOf: network.base) {
            subscribers[network.base] = leave
        } else {
            ranges[network] = leave
        }
    }
}
