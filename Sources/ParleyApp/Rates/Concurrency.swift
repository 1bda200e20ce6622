import Bytes

/// How much of one kind of work is under way for each caller at a time.
final class Concurrency: Sendable {
    private let most: Int
    private let counts = Locked<[Subscriber: Int]>([:])

    /// - Parameter most: for one caller.
    init(most: Int) { self.most = most }

    /// Counts work that begins; `false`, and nothing is counted, where there is as much of it as there may be.
    func began(_ address: String) -> Bool {
        counts.withLock { counts in
            let count = counts[Subscriber(address), default: 0]
            guard count < most else { return false }
            counts[Subscriber(address)] = count + 1
            return true
        }
    }

    func ended(_ address: String) {
        counts.withLock { counts in
            let count = counts[Subscriber(address), default: 1]
            counts[Subscriber(address)] = count > 1 ? count - 1 : nil
        }
    }
}
