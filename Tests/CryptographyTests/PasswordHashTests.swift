import Testing

@testable import Cryptography

@Suite struct PasswordHashTests {
    private let cheap = PasswordHash.Cost(memoryKiB: 64, passes: 1)

    @Test func `a hash names Argon2id and at least 19 MiB in two passes`() throws {
        let hash = try PasswordHash.make("secret")
        #expect(hash.hasPrefix("$argon2id$v=19$m=19456,t=2,p=1$"))
        #expect(PasswordHash.verify("secret", encoded: hash))
        #expect(!PasswordHash.verify("Secret", encoded: hash))
        #expect(!PasswordHash.needsRehash(hash))
    }

    @Test func `two hashes of one password have their own salts`() throws {
        #expect(try PasswordHash.make("same", cost: cheap) != PasswordHash.make("same", cost: cheap))
    }

    @Test(arguments: ["", "a", "\0", "a\0b", "päss wörd", String(repeating: "x", count: 10_000)])
    func `any password is hashed whole`(_ password: String) throws {
        let hash = try PasswordHash.make(password, cost: cheap)
        #expect(PasswordHash.verify(password, encoded: hash))
        #expect(!PasswordHash.verify(password + "x", encoded: hash))
        #expect(!PasswordHash.verify(String(password.dropLast()) + "y", encoded: hash))
    }

    @Test func `a decoy looks like a hash of its cost, and no password is its own`() throws {
        let decoy = PasswordHash.decoy(cost: cheap)
        #expect(decoy.utf8.count == (try PasswordHash.make("secret", cost: cheap)).utf8.count)
        #expect(!PasswordHash.needsRehash(decoy, cost: cheap))
        #expect(!PasswordHash.verify("decoy", encoded: decoy))
        #expect(PasswordHash.decoy(cost: cheap) != decoy)
    }

    @Test func `a hash of another cost is to be made again`() throws {
        let hash = try PasswordHash.make("secret", cost: cheap)
        #expect(PasswordHash.needsRehash(hash))
        #expect(!PasswordHash.needsRehash(hash, cost: cheap))
    }

    @Test(arguments: [
        "", "secret", "$argon2id$", "$argon2i$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$AAAA",
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW", "$argon2id$v=19$m=64,t=1,p=1$AAAA\0$AAAA",
        "$argon2id$v=19$m=64,t=1,p=1$" + String(repeating: "A", count: 200),
    ])
    func `what is no hash of ours verifies nothing`(_ encoded: String) {
        #expect(!PasswordHash.verify("secret", encoded: encoded))
        #expect(!PasswordHash.verify("", encoded: encoded))
        #expect(PasswordHash.needsRehash(encoded))
    }
}
