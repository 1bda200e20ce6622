import Accounts
import Bytes
import EventLoops
import SQLite

extension MessageLog {
    /// Gives an account another handle, of which only its row is left to be changed; keeps the former one for it.
    func rename(_ account: Account, _ wanted: HandleChange) throws {
        guard wanted.handle != account.handle else { return try rename(account, to: wanted.handle) }
        let (key, now) = (SQLiteValue.integer(account.key.rawValue), clock.epochMilliseconds)
        try removeFormerHandles(at: now)
        // One that the account had before is free for it.
        try database.run(
            "DELETE FROM former_handles WHERE skeleton = ? AND account = ?", .text(wanted.handle.skeleton), key)
        guard try !database.isTaken(wanted.handle) else { throw AccountStoreError.handleTaken }
        let kept = try database.first("SELECT count(*), min(until) FROM former_handles WHERE account = ?", key) {
            (count: $0.integer(0), until: $0.integer(1))
        }
        if let kept, kept.count >= wanted.most { throw AccountStoreError.tooManyHandles(until: kept.until) }
        try database.run(
            "INSERT INTO former_handles (skeleton, handle, account, until) VALUES (?, ?, ?, ?)",
            .text(account.handle.skeleton), .text(account.handle.text), key, .integer(wanted.reservedUntil))
        try removeProfile(ofGuest: wanted.handle.skeleton)
        try rename(account, to: wanted.handle)
    }

    /// Handles that were given up are anybody's when their time is over.
    func removeFormerHandles(at time: Int64) throws {
        try database.run("DELETE FROM former_handles WHERE until <= ?", .integer(time))
    }

    /// Moves what goes by the name.
    private func rename(_ account: Account, to handle: Handle) throws {
        try database.run(
            "UPDATE profiles SET look = ?, user = ? WHERE account = ?", .text(handle.skeleton), .text(handle.text),
            .integer(account.key.rawValue))
        try database.run(
            "UPDATE reads SET user = ? WHERE person = ?", .text(handle.text), .blob(account.id.bytes))
    }
}
