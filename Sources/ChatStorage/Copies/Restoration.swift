import Bytes
public import Cryptography
import SQLite

/// Brings a backup back.
public struct Restoration: Sendable {
    /// The backup's folder.
    public let folder: String
    /// What is in it.
    public let manifest: BackupManifest
    /// Where the database is to be.
    private let database: String
    /// Where the files of messages are to be.
    private let files: String

    /// Looks at every file of the backup.
    public init(of folder: String, database: String, files: String) throws(BackupError) {
        manifest = try BackupManifest.check(folder)
        guard manifest.schema <= Schema.migrations.newest else { throw .newer(path: folder) }
        self.folder = folder
        self.database = database
        self.files = files
    }

    /// Throws unless the keys open what the database holds.
    public func check(_ keyring: FernetKeyring, named names: [String]) throws(BackupError) {
        let path = "\(folder)/\(BackupManifest.databaseName)"
        do throws(StorageError) {
            let copy: Database
            do throws(SQLiteError) {
                copy = try Database(path: path, DatabaseOptions(isReadOnly: true))
            } catch {
                throw .database(path: path, error)
            }
            try KeyCheck(keyring, path: path).check(copy)
        } catch {
            if case .wrongKeys = error { throw .otherKeys(wanted: manifest.keys, found: names) }
            throw BackupError(error)
        }
    }

    /// Copies the backup to its places; whoever reads there sees the old or the new.
    ///
    /// - Parameters:
    ///   - force: whether a chat that is there may be put aside.
    ///   - keys: files of keys to be copied, and where to.
    ///   - time: milliseconds since 1970.
    /// - Returns: the folder in which what was there is kept; `nil` where there was nothing.
    public func run(
        force: Bool, keys: [(source: String, target: String)] = [], at time: Int64
    ) throws(BackupError) -> String? {
        var fresh: [(source: String, target: String)] = []
        for key in keys where try !Self.areAlike(key.source, key.target) { fresh.append(key) }
        let former = formerFiles + fresh.map(\.target).filter(DiskFile.exists)
        guard former.isEmpty || force else { throw .occupied(path: former[0]) }
        try DiskFile.makeFolder(DiskFile.folder(of: database))
        let lock: FileLock
        do { lock = try FileLock(path: database) } catch { throw BackupError(error) }
        defer { lock.release() }
        let (newDatabase, newFiles) = ("\(database).restoring", "\(files).restoring")
        DiskFile.remove(newDatabase)
        FileTree.remove(newFiles)
        try copy(newDatabase, newFiles)
        let kept = try putAside(former, at: time)
        for (source, target) in fresh { try DiskFile.copy(source, to: target) }
        if DiskFile.exists(newFiles) { try DiskFile.move(newFiles, to: files) }
        try DiskFile.move(newDatabase, to: database)
        return kept
    }

    private static func areAlike(_ a: String, _ b: String) throws(BackupError) -> Bool {
        guard DiskFile.exists(b) else { return false }
        return try DiskFile.digest(of: a) == DiskFile.digest(of: b)
    }

    /// What is there that would be overwritten.
    private var formerFiles: [String] {
        var found = ["\(database)-wal", "\(database)-shm"].filter(DiskFile.exists)
        if (DiskFile.size(of: database) ?? 0) > 0 { found.append(database) }
        if !FileTree.files(below: files).isEmpty { found.append(files) }
        return found
    }

    private func copy(_ newDatabase: String, _ newFiles: String) throws(BackupError) {
        for file in manifest.files {
            let source = "\(folder)/\(file.path)"
            let target: String
            if file.path == BackupManifest.databaseName {
                target = newDatabase
            } else if file.path.hasPrefix("\(BackupManifest.filesName)/") {
                target = newFiles + file.path.dropFirst(BackupManifest.filesName.count)
                try DiskFile.makeFolder(DiskFile.folder(of: target))
            } else {
                continue
            }
            guard try DiskFile.copy(source, to: target) == FileDigest(count: file.count, sha256: file.sha256) else {
                throw .changed(path: source)
            }
        }
        guard DiskFile.exists(newDatabase) else { throw .missing(path: "\(folder)/\(BackupManifest.databaseName)") }
    }

    private func putAside(_ former: [String], at time: Int64) throws(BackupError) -> String? {
        guard !former.isEmpty else { return nil }
        let kept = "\(DiskFile.folder(of: database))/before-restore-\(Self.stamp(time))"
        try DiskFile.makeFolder(kept)
        for path in former {
            try DiskFile.move(path, to: "\(kept)/\(path.split(separator: "/").last ?? "")")
        }
        return kept
    }

    /// A time as a part of a file's name: `20261120T070211Z`.
    public static func stamp(_ time: Int64) -> String {
        let time = UTCTime(epochMilliseconds: time)
        let clock = [time.hour, time.minute, time.second].map { $0.padded(to: 2) }.joined()
        return "\(time.date.iso8601.filter { $0 != "-" })T\(clock)Z"
    }
}
