import Bytes

/// The sessions that were used lately, so that a request costs no look into the store.
///
/// What is not here is read again. A session that ends is taken out in the moment the store has committed its end, and a
/// record that was read before that is not taken in after it.
final class LiveSessions: Sendable {
    struct Entry: Sendable {
        let session: Session
        let account: Account
    }

    private struct Contents {
        var entries: [UUID: Entry] = [:]
        /// Grows with every change that may make an entry wrong.
        var changes = 0
    }

    private let contents = Locked(Contents())
    private let capacity: Int

    init(capacity: Int) { self.capacity = max(capacity, 1) }

    /// The session, if it is at hand; and a mark to be given to `insert`.
    func find(_ id: UUID) -> (entry: Entry?, mark: Int) {
        contents.withLock { ($0.entries[id], $0.changes) }
    }

    /// Takes in what was read, unless something has changed since `mark`.
    func insert(_ entry: Entry, mark: Int) {
        contents.withLock { contents in
            guard contents.changes == mark else { return }
            // Any other goes: which one costs one read, and looking for the right one costs more.
            if contents.entries.count >= capacity, let some = contents.entries.keys.first {
                contents.entries[some] = nil
            }
            contents.entries[entry.session.id] = entry
        }
    }

    /// Forgets sessions that have ended or changed.
    func remove(_ ids: some Sequence<UUID> & Sendable) {
        contents.withLock { contents in
            contents.changes += 1
            for id in ids { contents.entries[id] = nil }
        }
    }

    /// Forgets all sessions of an account that has changed.
    func remove(of account: AccountKey) {
        contents.withLock { contents in
            contents.changes += 1
            contents.entries = contents.entries.filter { $0.value.account.key != account }
        }
    }
}
