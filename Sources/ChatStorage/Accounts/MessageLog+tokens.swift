import Accounts
import Bytes
import SQLite

extension MessageLog {
    func createToken(_ stored: StoredToken, most: Int) throws {
        let token = stored.token
        guard try database.account(token.account) != nil else { throw AccountStoreError.accountMissing }
        guard try database.tokens(of: token.account).count < most else { throw AccountStoreError.tooManyTokens }
        try database.run(
            """
            INSERT INTO api_tokens (id, account, name, scopes, digest, created, expires) VALUES (?, ?, ?, ?, ?, ?, ?)
            """,
            .blob(token.id.bytes), .integer(token.account.rawValue), .text(token.name),
            .text(token.scopes.map(\.rawValue).sorted().joined(separator: " ")), .blob(stored.digest),
            .integer(token.created), SQLiteValue(token.expires))
    }

    func endToken(_ id: UUID, of key: AccountKey, _ events: inout [Event]) throws {
        let changed = try database.run(
            "DELETE FROM api_tokens WHERE id = ? AND account = ?", .blob(id.bytes), .integer(key.rawValue))
        guard changed == 1 else { throw AccountStoreError.tokenMissing }
        events.append(.account(.ended([id], of: key)))
    }

    /// Revokes what an account has that is deleted.
    func endTokens(of key: AccountKey, _ events: inout [Event]) throws {
        try shutTokens(of: key, &events)
        try database.run("DELETE FROM api_tokens WHERE account = ?", .integer(key.rawValue))
    }

    /// Closes what is open under the tokens of an account; whether they are good is told by the account.
    func shutTokens(of key: AccountKey, _ events: inout [Event]) throws {
        let tokens = try database.tokens(of: key)
        if !tokens.isEmpty { events.append(.account(.ended(tokens.map(\.id), of: key))) }
    }

    func sweepTokens(at time: Int64, _ events: inout [Event]) throws {
        let over = try database.rows("SELECT id, account FROM api_tokens WHERE expires <= ?", .integer(time)) { row in
            UUID(bytes: row.blob(0)).map { ($0, AccountKey(rawValue: row.integer(1))) }
        }
        for case let (id, key)? in over { try endToken(id, of: key, &events) }
    }

    // MARK: Bots

    func createBot(
        _ account: NewAccount, by maker: AccountKey, most: Int?, _ events: inout [Event]
    ) throws -> Account {
        let count = try database.first("SELECT count(*) FROM bots WHERE maker = ?", .integer(maker.rawValue)) {
            $0.integer(0)
        }
        if let most, count ?? 0 >= most { throw AccountStoreError.tooManyBots }
        let bot = try createAccount(account, &events)
        try database.run(
            "INSERT INTO bots (account, maker) VALUES (?, ?)", .integer(bot.key.rawValue), .integer(maker.rawValue))
        return bot
    }

    /// The bots that an account has made and that are there.
    func bots(by maker: AccountKey) throws -> [AccountKey] {
        try database.rows("SELECT account FROM bots WHERE maker = ?", .integer(maker.rawValue)) {
            AccountKey(rawValue: $0.integer(0))
        }
    }
}

extension Database {
    func token(_ id: UUID) throws(SQLiteError) -> TokenRecord? {
        let found =
            try first(
                """
                SELECT id, account, name, scopes, created, expires, last_used, digest FROM api_tokens WHERE id = ?
                """, .blob(id.bytes)
            ) { row in row.token.map { StoredToken(token: $0, digest: row.blob(7)) } } ?? nil
        guard let found, let account = try account(found.token.account)?.account else { return nil }
        return TokenRecord(stored: found, account: account)
    }

    /// The newest first.
    func tokens(of account: AccountKey) throws(SQLiteError) -> [APIToken] {
        try rows(
            """
            SELECT id, account, name, scopes, created, expires, last_used FROM api_tokens WHERE account = ?
            ORDER BY created DESC
            """, .integer(account.rawValue)
        ) { $0.token }.compactMap { $0 }
    }

    func bots(by maker: AccountKey?, after: Handle?, limit: Int) throws(SQLiteError) -> [Account] {
        let keys = try rows(
            """
            SELECT account FROM bots JOIN accounts ON accounts.key = account
            WHERE (?1 IS NULL OR maker = ?1) AND skeleton > ?2 AND deleted IS NULL ORDER BY skeleton LIMIT ?3
            """, SQLiteValue(maker?.rawValue), .text(after?.skeleton ?? ""), .integer(Int64(limit))
        ) { AccountKey(rawValue: $0.integer(0)) }
        var bots: [Account] = []
        for key in keys { if let bot = try account(key)?.account { bots.append(bot) } }
        return bots
    }
}

extension Row {
    /// Of columns id, account, name, scopes, created, expires, last_used.
    fileprivate var token: APIToken? {
        guard let id = UUID(bytes: blob(0)) else { return nil }
        return APIToken(
            id: id, account: AccountKey(rawValue: integer(1)), name: text(2),
            scopes: Set(text(3).split(separator: " ").compactMap { Scope(rawValue: String($0)) }), created: integer(4),
            expires: optionalInteger(5), lastUsed: optionalInteger(6))
    }
}
