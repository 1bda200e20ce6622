import Bytes

/// The sessions and API tokens that were used lately, so that a request costs no look into the store.
///
/// What is not here is read again. A session that ends is taken out in the moment the store has committed its end, and a
/// record that was read before that is not taken in after it.
final class LiveSessions: Sendable {
    struct Entry: Sendable {
        /// Of the session or of the API token.
        let id: UUID
        let account: Account
        let expires: Int64
        /// `nil` for a session.
        var token: StoredToken?

        init(_ record: SessionRecord) {
            (id, account, expires) = (record.session.id, record.account, record.session.expires)
        }

        init(_ record: TokenRecord) {
            let token = record.stored.token
            (id, account, expires) = (token.id, record.account, token.expires ?? .max)
            self.token = record.stored
        }
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
            contents.entries[entry.id] = entry
        }
    }

    /// Whether the use of an API token is to be noted: it was not for a while. Says so to one of those who ask.
    func isUseDue(_ id: UUID, at now: Int64, every interval: Int64) -> Bool {
        contents.withLock { contents in
            guard let last = contents.entries[id]?.token?.token.lastUsed else {
                contents.entries[id]?.token?.token.lastUsed = now
                return true
            }
            guard now - last >= interval || now < last else { return false }
            contents.entries[id]?.token?.token.lastUsed = now
            return true
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
