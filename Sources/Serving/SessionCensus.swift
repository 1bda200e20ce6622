import Bytes

/// How many sessions there are, in all and for each address. Asked when a session opens, joins or ends.
final class SessionCensus: Sendable {
    private struct Counts {
        var total = 0
        var addresses: [Subscriber: AddressCounts] = [:]
    }

    private struct AddressCounts {
        var total = 0
        var unjoined = 0
    }

    /// How many there may be.
    struct Limits {
        var sessions: Int
        var perAddress: Int
        var unjoinedPerAddress: Int
    }

    enum Admission: Equatable {
        case admitted
        /// The server is full.
        case full
        /// The address has as many sessions as it may.
        case tooMany
        /// The address has too many sessions that joined no namespace.
        case tooManyUnjoined
    }

    private let counts = Locked(Counts())

    var total: Int { counts.withLock { $0.total } }

    /// How many addresses have sessions.
    var addressCount: Int { counts.withLock { $0.addresses.count } }

    /// Counts a session that is about to open, unless a limit is reached.
    func admit(_ address: String, _ limits: Limits) -> Admission {
        let subscriber = Subscriber(address)
        return counts.withLock { counts in
            guard counts.total < limits.sessions else { return .full }
            var own = counts.addresses[subscriber] ?? AddressCounts()
            guard own.total < limits.perAddress else { return .tooMany }
            guard own.unjoined < limits.unjoinedPerAddress else { return .tooManyUnjoined }
            counts.total += 1
            own.total += 1
            own.unjoined += 1
            counts.addresses[subscriber] = own
            return .admitted
        }
    }

    func joined(_ address: String) {
        let subscriber = Subscriber(address)
        counts.withLock { $0.addresses[subscriber]?.unjoined -= 1 }
    }

    func ended(_ address: String, hadJoined: Bool) {
        let subscriber = Subscriber(address)
        counts.withLock { counts in
            counts.total -= 1
            guard var own = counts.addresses[subscriber] else { return }
            own.total -= 1
            if !hadJoined { own.unjoined -= 1 }
            counts.addresses[subscriber] = own.total > 0 ? own : nil
        }
    }
}
