import Cryptography
import SQLite

/// Tells at the start whether the master keys are those that the rooms' keys were wrapped with.
///
/// The database keeps a token under each key that ever wrote here. A ring on which one of these keys is missing could open
/// some rooms and not others.
struct KeyCheck {
    private static let message = Array("parley".utf8)
    private let keyring: FernetKeyring

    init(_ keyring: FernetKeyring) { self.keyring = keyring }

    /// Whether the ring opens every token; leaves one under the ring's first key.
    func passes(_ database: Database) throws -> Bool {
        let tokens = try database.rows("SELECT token FROM key_checks") { $0.blob(0) }
        for token in tokens {
            guard let message = try? keyring.decrypt(token), message == Self.message else { return false }
        }
        if !tokens.contains(where: keyring.isCurrent) {
            try database.run("INSERT INTO key_checks (token) VALUES (?)", .utf8(try keyring.encrypt(Self.message)))
        }
        return true
    }
}
