import Accounts
import Bytes
import ChatStorage
import ParleyTesting
import Testing

@Suite struct AccountDiskTests {
    @Test func `accounts and sessions are there after a restart, and what has ended is not`() async throws {
        let bureau = try await Bureau()
        let (identity, tokens) = try await bureau.member()
        let ended = try await bureau.logIn("ann")
        try await bureau.accounts.end(.one(ended.session), of: identity)
        await bureau.store.close()
        let again = try Bureau.openStore(bureau.folder, bureau.clock)
        let accounts = try bureau.accounts(over: again)
        #expect(try await accounts.identity(of: tokens.access) == identity)
        await #expect(throws: AccountError.notLoggedIn) { try await accounts.identity(of: ended.access) }
        _ = try await accounts.refresh(tokens.refresh, from: nil)
        await again.close()
    }

    @Test func `the disk has no password and no token`() async throws {
        let bureau = try await Bureau()
        let (_, tokens) = try await bureau.member()
        await bureau.store.close()
        let bytes = String(decoding: bureau.folder.bytes(of: "chat.db"), as: UTF8.self)
        #expect(bytes.contains("$argon2id$"))
        for secret in ["secret123", tokens.access, tokens.refresh] { #expect(!bytes.contains(secret)) }
    }
}
