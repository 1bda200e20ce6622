import Cryptography
import SQLite

/// Tells at the start whether the master keys are those that the rooms' keys were wrapped with.
///
/// The database keeps a token under each key that ever wrote here. A ring on which one of these keys is missing could open
/// some rooms and not others.
struct KeyCheck {
    private static let message = Array("parley".utf8)
    private let keyring: FernetKeyring
    /// The file that errors name.
    private let path: String

    init(_ keyring: FernetKeyring, path: String) {
        self.keyring = keyring
        self.path = path
    }

    /// Throws `wrongKeys` where the ring does not open every token; leaves one under the ring's first key.
    func run(on database: Database) throws(StorageError) {
        let tokens = try check(database)
        if tokens.contains(where: keyring.isCurrent) { return }
        let token = try newToken()
        try inDatabase { () throws(SQLiteError) in
            _ = try database.run("INSERT INTO key_checks (token) VALUES (?)", .utf8(token))
        }
    }

    /// Throws `wrongKeys` where the ring does not open every token; gives the tokens.
    @discardableResult
    func check(_ database: Database) throws(StorageError) -> [[UInt8]] {
        let tokens = try inDatabase { () throws(SQLiteError) in
            try database.rows("SELECT token FROM key_checks") { $0.blob(0) }
        }
        for token in tokens { try open(token) }
        return tokens
    }

    private func inDatabase<R>(_ body: () throws(SQLiteError) -> R) throws(StorageError) -> R {
        do { return try body() } catch { throw .database(path: path, error) }
    }

    private func open(_ token: [UInt8]) throws(StorageError) {
        let message: [UInt8]
        do {
            message = try keyring.decrypt(token)
        } catch {
            // A library without memory knows nothing of the keys.
            if case .library = error { throw .cryptography(path: path, error) }
            throw .wrongKeys(path: path)
        }
        guard message == Self.message else { throw .wrongKeys(path: path) }
    }

    private func newToken() throws(StorageError) -> [UInt8] {
        do { return try keyring.encrypt(Self.message) } catch { throw .cryptography(path: path, error) }
    }
}
