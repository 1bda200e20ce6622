public import Cryptography
import SQLite

extension SQLiteStore {
    /// Puts other keys on the ring that this store was opened with and notes that the first of them writes from now on.
    ///
    /// Nothing changes, and `wrongKeys` is thrown, where the new keys do not open what the database holds. When the note is
    /// in the database (`KeyRotation.isAdopted`), this server reads what is under any of the keys.
    public func adopt(_ keys: [FernetKey], on keyring: FernetKeyring) async throws {
        let path = path
        let candidate = try FernetKeyring(keys: keys)
        _ = try await readers.read { try KeyCheck(candidate, path: path).check($0) }
        try keyring.replaceKeys(with: keys)
        _ = try await writer.write { (log, _) in try KeyCheck(candidate, path: path).run(on: log.database) }
    }
}
