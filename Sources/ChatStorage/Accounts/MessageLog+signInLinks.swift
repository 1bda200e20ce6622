import Accounts
import Bytes
import SQLite

// Sign-in links.

extension MessageLog {
    func createLink(_ link: StoredLink) throws {
        guard try database.account(link.account) != nil else { throw AccountStoreError.accountMissing }
        try database.run("DELETE FROM sign_in_links WHERE expires <= ?", .integer(link.created))
        try removeLinks(of: link.account)
        try database.run(
            "INSERT INTO sign_in_links (digest, account, created, expires) VALUES (?, ?, ?, ?)", .blob(link.digest),
            .integer(link.account.rawValue), .integer(link.created), .integer(link.expires))
    }

    func removeLinks(of key: AccountKey) throws {
        try database.run("DELETE FROM sign_in_links WHERE account = ?", .integer(key.rawValue))
    }

    /// `nil` where the link is not good.
    func takeLink(
        _ digest: [UInt8], at time: Int64, passwordHash: String?, _ events: inout [Event]
    ) throws -> Account? {
        guard let key = try database.account(ofLink: digest, at: time) else { return nil }
        try removeLinks(of: key)
        guard let account = try database.account(key)?.account else { return nil }
        guard let passwordHash else { return account }
        try end(try database.sessions(of: key), of: key, &events)
        return try update(key, AccountChange(passwordHash: passwordHash), &events)
    }
}

extension Database {
    /// The account that a link is good for.
    func account(ofLink digest: [UInt8], at time: Int64) throws(SQLiteError) -> AccountKey? {
        try first(
            """
            SELECT account FROM sign_in_links JOIN accounts ON accounts.key = account
            WHERE digest = ? AND expires > ? AND disabled = 0 AND deleted IS NULL
            """, .blob(digest), .integer(time)
        ) { AccountKey(rawValue: $0.integer(0)) }
    }
}
