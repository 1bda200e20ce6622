import Bytes

/// How many sessions there are, in all and unjoined for each address. Asked when a session opens, joins or ends.
final class SessionCensus: Sendable {
    private struct Counts {
        var total = 0
        var unjoined: [String: Int] = [:]
    }

    enum Admission: Equatable {
        case admitted
        /// The server is full.
        case full
        /// The address has too many sessions that joined no namespace.
        case tooManyUnjoined
    }

    private let counts = Locked(Counts())

    var total: Int { counts.withLock { $0.total } }

    /// Counts a session that is about to open, unless a limit is reached.
    func admit(_ address: String, maxSessions: Int, maxUnjoined: Int) -> Admission {
        counts.withLock { counts in
            guard counts.total < maxSessions else { return .full }
            guard counts.unjoined[address, default: 0] < maxUnjoined else { return .tooManyUnjoined }
            counts.total += 1
            counts.unjoined[address, default: 0] += 1
            return .admitted
        }
    }

    func joined(_ address: String) {
        counts.withLock { Self.removeUnjoined(address, from: &$0) }
    }

    func ended(_ address: String, hadJoined: Bool) {
        counts.withLock { counts in
            counts.total -= 1
            if !hadJoined { Self.removeUnjoined(address, from: &counts) }
        }
    }

    private static func removeUnjoined(_ address: String, from counts: inout Counts) {
        guard let count = counts.unjoined[address] else { return }
        counts.unjoined[address] = count > 1 ? count - 1 : nil
    }
}
