import Accounts
import Bytes
import SQLite

extension MessageLog {
    func createSession(_ session: Session, most: Int, _ events: inout [Event]) throws {
        guard try database.account(session.account) != nil else { throw AccountStoreError.accountMissing }
        try database.run(
            """
            INSERT INTO sessions (id, account, family, device, address, created, last_used, expires, generation)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(session.id.bytes), .integer(session.account.rawValue), .text(session.family), .text(session.device),
            SQLiteValue(session.address), .integer(session.created), .integer(session.lastUsed),
            .integer(session.expires), .integer(session.generation))
        let others = try database.sessions(of: session.account).filter { $0.id != session.id }
        try end(Array(others.dropFirst(most - 1)), of: session.account, &events)
    }

    /// `nil` where the generation is not the newest: then the session has ended, which is to be committed.
    func refresh(
        _ id: UUID, from generation: Int64, at time: Int64, by address: IPAddress?, until expires: Int64,
        _ events: inout [Event]
    ) throws -> SessionRecord? {
        guard var record = try database.session(id), record.session.expires > time, !record.account.isDisabled else {
            throw AccountStoreError.sessionMissing
        }
        guard record.session.generation == generation else {
            try end([record.session], of: record.account.key, &events)
            return nil
        }
        record.session.generation += 1
        record.session.lastUsed = time
        record.session.address = address
        record.session.expires = expires
        try database.run(
            "UPDATE sessions SET generation = ?, last_used = ?, address = ?, expires = ? WHERE id = ?",
            .integer(record.session.generation), .integer(time), SQLiteValue(address), .integer(expires),
            .blob(id.bytes))
        return record
    }

    func endSessions(of key: AccountKey, _ which: SessionSelection, _ events: inout [Event]) throws {
        let ending = try database.sessions(of: key).filter { which.contains($0) }
        guard !ending.isEmpty else { throw AccountStoreError.sessionMissing }
        try end(ending, of: key, &events)
    }

    func sweepSessions(at time: Int64, _ events: inout [Event]) throws {
        try removeFormerHandles(at: time)
        let over = try database.rows("SELECT DISTINCT account FROM sessions WHERE expires <= ?", .integer(time)) {
            AccountKey(rawValue: $0.integer(0))
        }
        for key in over { try end(try database.sessions(of: key).filter { $0.expires <= time }, of: key, &events) }
    }

    func end(_ sessions: [Session], of key: AccountKey, _ events: inout [Event]) throws {
        guard !sessions.isEmpty else { return }
        for session in sessions { try database.run("DELETE FROM sessions WHERE id = ?", .blob(session.id.bytes)) }
        events.append(.account(.ended(sessions.map(\.id), of: key)))
    }
}

extension SQLiteValue {
    /// The 16 bytes of an address.
    init(_ address: IPAddress?) { self = address.map { .blob($0.stored) } ?? .null }
}
