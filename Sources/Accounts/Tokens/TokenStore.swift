public import Bytes

/// Keeps API tokens and bots. See `AccountStore`.
public protocol TokenStore: AnyObject, Sendable {
    /// Throws `accountMissing` or `tooManyTokens`.
    func createToken(_ token: StoredToken, most: Int) async throws(AccountStoreError)

    /// The token with its account; `nil` where it was revoked.
    func token(_ id: UUID) async throws(AccountStoreError) -> TokenRecord?

    /// The tokens of an account, the newest first.
    func tokens(of account: AccountKey) async throws(AccountStoreError) -> [APIToken]

    /// Revokes a token: what is open under it is closed. Throws `tokenMissing`.
    func endToken(_ id: UUID, of account: AccountKey) async throws(AccountStoreError)

    /// Notes when a token was used.
    func noteUse(ofToken id: UUID, at time: Int64) async throws(AccountStoreError)

    /// Makes the account of a bot. Throws as `createAccount` does, and `tooManyBots`.
    ///
    /// - Parameters:
    ///   - maker: who manages it.
    ///   - most: how many that one may have made; `nil` for any number.
    func createBot(
        _ account: NewAccount, by maker: AccountKey, most: Int?, noting deed: Deed?
    ) async throws(AccountStoreError) -> Account

    /// Bots in the order of what their handles look like.
    ///
    /// - Parameter maker: whose; `nil` for all.
    func bots(by maker: AccountKey?, after: Handle?, limit: Int) async throws(AccountStoreError) -> [Account]

    /// Who made a bot; `nil` where it is none.
    func maker(ofBot account: AccountKey) async throws(AccountStoreError) -> AccountKey?
}
