public import Accounts
public import Bytes
import SQLite

extension SQLiteStore {
    public func createToken(_ token: StoredToken, most: Int) async throws(AccountStoreError) {
        try await change { (log, _) in try log.createToken(token, most: most) }
    }

    public func token(_ id: UUID) async throws(AccountStoreError) -> TokenRecord? {
        try await look { database in try database.snapshot { try database.token(id) } }
    }

    public func tokens(of account: AccountKey) async throws(AccountStoreError) -> [APIToken] {
        try await look { database in try database.tokens(of: account) }
    }

    public func endToken(_ id: UUID, of account: AccountKey) async throws(AccountStoreError) {
        try await change { (log, events) in try log.endToken(id, of: account, &events) }
    }

    public func noteUse(ofToken id: UUID, at time: Int64) async throws(AccountStoreError) {
        try await change { (log, _) in
            _ = try log.database.run(
                "UPDATE api_tokens SET last_used = ? WHERE id = ?", .integer(time), .blob(id.bytes))
        }
    }

    // MARK: Bots

    public func createBot(
        _ account: NewAccount, by maker: AccountKey, most: Int?, noting deed: Deed?
    ) async throws(AccountStoreError) -> Account {
        try await change(noting: deed) { (log, events) in try log.createBot(account, by: maker, most: most, &events) }
    }

    public func bots(
        by maker: AccountKey?, after: Handle?, limit: Int
    ) async throws(AccountStoreError) -> [Account] {
        try await look { database in try database.bots(by: maker, after: after, limit: limit) }
    }

    public func maker(ofBot account: AccountKey) async throws(AccountStoreError) -> AccountKey? {
        try await look { database in
            try database.first("SELECT maker FROM bots WHERE account = ?", .integer(account.rawValue)) {
                AccountKey(rawValue: $0.integer(0))
            }
        }
    }
}
