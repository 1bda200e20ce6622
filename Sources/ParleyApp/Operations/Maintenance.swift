public import ChatStorage
import Cryptography
import EventLoops
public import Settings

/// What an operator does to the data of a server, most of it while that runs.
public struct Maintenance: Sendable {
    let settings: Settings
    let directory: DataDirectory
    let clock: any WallClock = SystemWallClock()

    /// Of the server that `parley serve` starts with these settings.
    public init(_ settings: Settings) {
        self.settings = settings
        directory = DataDirectory(existing: settings)
    }

    /// Turns any refusal into its sentence.
    func task<R>(_ body: () throws -> R) throws(StartError) -> R {
        do { return try body() } catch { throw StartError(error) }
    }

    /// The keys of a database that is there.
    func keys() throws -> [FernetKey] {
        guard directory.hasDatabase else { throw BackupError.noDatabase(path: directory.databasePath) }
        return try directory.existingKeys(settings)
    }

    // MARK: Looking

    /// Looks at everything in the database.
    public func verify(threads: Int) async throws(StartError) -> Verification.Report {
        do {
            let keyring = try FernetKeyring(keys: try keys())
            return try await Verification(of: directory.databasePath, with: keyring).run(threads: threads)
        } catch {
            throw StartError(error)
        }
    }

    /// Follows the chain of the audit log, and compares it with the head that a backup has noted, if one is given.
    public func verifyAudit(backup: String?) throws(StartError) -> AuditLog.Verdict {
        try task {
            let noted = try backup.map { try BackupManifest.check($0).audit }
            return try AuditLog.verify(directory.databasePath, noted: noted)
        }
    }

    /// The newest records of the audit log, oldest first.
    public func newestAudit(_ most: Int) throws(StartError) -> [AuditRecord] {
        try task { try AuditLog.newest(most, of: directory.databasePath) }
    }
}
