import Accounts
import Bytes
import Chat
import EventLoops
import SQLite

extension MessageLog {
    func mark(_ draft: ReadDraft, _ events: inout [Event]) throws -> ReadChange {
        let (room, person) = (draft.room.key.value, SQLiteValue.blob(draft.author.person.uuid.bytes))
        let last = try head(of: draft.room.key).sequence
        let known = try database.first(
            "SELECT sequence FROM reads WHERE room = ? AND person = ?", room, person
        ) { $0.integer(0) }
        let former = known ?? 0
        let sequence = min(draft.target.sequence(after: former), last)
        let change = ReadChange(
            user: draft.author.user, person: draft.author.person, account: draft.account, sequence: sequence,
            former: former, isPublic: try isPublic(draft.account), messages: draft.target.spellings(after: former),
            time: clock.epochMilliseconds)
        guard sequence != known else { return change }
        if known == nil { try makeRoomForReader(in: draft) }
        try database.run(
            """
            INSERT INTO reads (room, person, user, sequence, timestamp) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (room, person) DO UPDATE SET user = excluded.user, sequence = excluded.sequence,
            timestamp = excluded.timestamp
            """, room, person, .text(change.user.text), .integer(sequence), .integer(change.time))
        if sequence != former { events.append(.chat(.changed(draft.room, .read(change)))) }
        return change
    }

    private func isPublic(_ account: AccountKey?) throws -> Bool {
        guard let account else { return true }
        return try database.receipts(of: account)
    }

    /// Accounts are bounded by the members that a room may have; guests by this.
    private func makeRoomForReader(in draft: ReadDraft) throws {
        let count = try database.first(
            "SELECT count(*) FROM reads WHERE room = ?", draft.room.key.value
        ) { $0.integer(0) }
        guard let count, count >= draft.most else { return }
        try database.run(
            """
            DELETE FROM reads WHERE room = ?1 AND person IN (SELECT person FROM reads
            WHERE room = ?1 AND person NOT IN (SELECT uuid FROM accounts) ORDER BY timestamp LIMIT ?2)
            """, draft.room.key.value, .integer(count - Int64(draft.most) + 1))
    }

    func setReceipts(_ areTold: Bool, of account: AccountKey) throws {
        try database.run(
            "UPDATE accounts SET receipts = ? WHERE key = ?", .integer(areTold ? 1 : 0), .integer(account.rawValue))
    }
}

extension ReadTarget {
    /// - Parameter former: how far was read before.
    fileprivate func sequence(after former: Int64) -> Int64 {
        switch self {
        case .upTo(let sequence): max(sequence, former)
        case .unreadFrom(let sequence): max(0, min(sequence - 1, former))
        case .messages(let messages): messages.reduce(former) { max($0, $1.sequence) }
        }
    }

    fileprivate func spellings(after former: Int64) -> [MessageSpelling] {
        guard case .messages(let messages) = self else { return [] }
        return messages.filter { $0.sequence > former }.map(\.spelling)
    }
}
