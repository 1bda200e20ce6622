public import ChatStorage
import Cryptography
import EventLoops

extension Maintenance {
    /// Makes a backup while the server runs.
    ///
    /// - Parameters:
    ///   - folder: the new folder; one under `backups` in the data directory, named after the time, unless told.
    ///   - withKeys: whether the key files go with it.
    /// - Returns: the folder, and what it holds.
    public func backup(
        to folder: String?, withKeys: Bool
    ) throws(StartError) -> (folder: String, manifest: BackupManifest) {
        try task {
            let time = clock.epochMilliseconds
            let folder = folder ?? "\(directory.path)/backups/parley-\(Restoration.stamp(time))"
            let names = try keys().map(\.name)
            var backup = Backup(
                database: directory.databasePath, files: directory.filesFolder, keyNames: names,
                program: ParleyVersion.current)
            if withKeys {
                backup.keyFiles = [DataDirectory.keyFileName, DataDirectory.signingFileName].map {
                    ($0, "\(directory.path)/\($0)")
                }
            }
            return (folder, try backup.write(to: folder, at: time))
        }
    }

    /// What became of a restoration.
    public struct Restored: Sendable {
        public let manifest: BackupManifest
        /// Where the former chat is kept; `nil` where there was none.
        public let kept: String?
    }

    /// Puts a backup in the place of the server's data. The server must not run.
    ///
    /// - Parameters:
    ///   - force: whether a chat that is there may be put aside.
    ///   - keyFile: the file of the keys that belong to it; those of the backup, or of the data directory, unless told.
    public func restore(_ folder: String, force: Bool, keyFile: String?) throws(StartError) -> Restored {
        try task {
            let restoration = try Restoration(
                of: folder, database: directory.databasePath, files: directory.filesFolder)
            let source = keyFile ?? (restoration.manifest.hasKeys ? "\(folder)/\(DataDirectory.keyFileName)" : nil)
            let keys = try keys(of: source)
            try restoration.check(FernetKeyring(keys: keys.isEmpty ? [FernetKey()] : keys), named: keys.map(\.name))
            try DataDirectory.make(directory.path)
            var files: [(source: String, target: String)] = []
            if let source { files.append((source, directory.keyFile)) }
            let signing = "\(folder)/\(DataDirectory.signingFileName)"
            if restoration.manifest.files.contains(where: { $0.path == DataDirectory.signingFileName }) {
                files.append((signing, "\(directory.path)/\(DataDirectory.signingFileName)"))
            }
            let kept = try restoration.run(force: force, keys: files, at: clock.epochMilliseconds)
            return Restored(manifest: restoration.manifest, kept: kept)
        }
    }

    /// The keys with which a backup is to be opened; none where there are none.
    private func keys(of file: String?) throws -> [FernetKey] {
        if let file { return try SecretsFile.load(file, mayCreate: false).keys }
        do {
            return try directory.existingKeys(settings)
        } catch {
            return []
        }
    }
}
