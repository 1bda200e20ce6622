import Bytes
import Synchronization

/// Lets one search run for each person, and not too many for all.
final class SearchDesk: Sendable {
    /// Who searches.
    enum Searcher: Hashable {
        case person(PersonID)
        /// Somebody who is known by nothing else.
        case subscriber(IPAddress)
        case unknown
    }

    private let running = Locked<[Searcher: SearchTicket]>([:])
    private let most: Int

    init(most: Int) { self.most = most }

    /// How many searches run.
    var count: Int { running.withLock { $0.count } }

    /// Begins a search, and cancels the one that the same person has running.
    func begin(_ searcher: Searcher) throws(ChatError) -> SearchTicket {
        let ticket = SearchTicket()
        let isTaken = running.withLock { running in
            let former = running[searcher]
            guard former != nil || running.count < most else { return false }
            former?.cancel()
            running[searcher] = ticket
            return true
        }
        guard isTaken else { throw .busy }
        return ticket
    }

    func end(_ searcher: Searcher, _ ticket: SearchTicket) {
        running.withLock { running in
            if running[searcher] === ticket { running[searcher] = nil }
        }
    }
}

/// One search that runs.
final class SearchTicket: Sendable {
    private let cancelled = Atomic(false)

    var isCancelled: Bool { cancelled.load(ordering: .relaxed) }

    func cancel() { cancelled.store(true, ordering: .relaxed) }
}
