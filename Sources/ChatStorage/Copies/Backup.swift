import Bytes
import Cryptography
import SQLite

/// Makes backups: a folder with a copy of the database, of the files, perhaps of the keys, and a manifest with the SHA-256 of
/// each.
public struct Backup: Sendable {
    /// The database, which a server may be writing.
    public var database: String
    /// The folder of the files that belong to messages; there need be none.
    public var files: String
    /// The files of keys to include, by the names that they have in the backup; none unless told.
    public var keyFiles: [(name: String, path: String)] = []
    /// The master keys' names, for the manifest.
    public var keyNames: [String]
    /// Names the version that makes the backup.
    public var program: String

    public init(database: String, files: String, keyNames: [String], program: String) {
        self.database = database
        self.files = files
        self.keyNames = keyNames
        self.program = program
    }

    /// Makes a new folder, whole or not at all.
    ///
    /// - Parameter time: milliseconds since 1970.
    public func write(to folder: String, at time: Int64) throws(BackupError) -> BackupManifest {
        guard !DiskFile.exists(folder) else { throw .exists(path: folder) }
        guard DiskFile.exists(database) else { throw .noDatabase(path: database) }
        let draft = "\(folder).part"
        FileTree.remove(draft)
        do throws(BackupError) {
            try DiskFile.makeFolder(draft)
            let manifest = try fill(draft, at: time)
            try DiskFile.move(draft, to: folder)
            return manifest
        } catch {
            FileTree.remove(draft)
            throw error
        }
    }

    private func fill(_ folder: String, at time: Int64) throws(BackupError) -> BackupManifest {
        let copy = "\(folder)/\(BackupManifest.databaseName)"
        let filesCopy = "\(folder)/\(BackupManifest.filesName)"
        // Before and after: what the database names lies among the files, whatever comes and goes meanwhile.
        try FileTree.link(files, to: filesCopy)
        try DatabaseCopy.make(of: database, at: copy)
        try FileTree.link(files, to: filesCopy)
        for (name, path) in keyFiles where DiskFile.exists(path) {
            try DiskFile.copy(path, to: "\(folder)/\(name)")
        }
        var manifest = try Self.describe(copy)
        manifest.program = program
        manifest.made = UTCTime(epochMilliseconds: time).rfc3339
        manifest.keys = keyNames
        manifest.hasKeys = keyFiles.contains { DiskFile.exists("\(folder)/\($0.name)") }
        for path in FileTree.files(below: folder) {
            let digest = try DiskFile.digest(of: "\(folder)/\(path)")
            manifest.files.append(.init(path: path, count: digest.count, sha256: digest.sha256))
        }
        try manifest.write(to: folder)
        DiskFile.sync(folder)
        return manifest
    }

    /// What the manifest says of a database.
    private static func describe(_ path: String) throws(BackupError) -> BackupManifest {
        do throws(SQLiteError) {
            let database = try Database(path: path, DatabaseOptions(isReadOnly: true))
            let schema = try database.integer("PRAGMA user_version")
            let head =
                schema < Schema.firstWithAudit ? AuditHead(sequence: 0, hash: "") : try database.auditHead()
            return BackupManifest(
                program: "", made: "", schema: schema, keys: [], hasKeys: false,
                rooms: try database.integer("SELECT count(*) FROM rooms"),
                messages: try database.integer("SELECT count(*) FROM messages"), audit: head, files: [])
        } catch {
            throw .database(path: path, error)
        }
    }
}
