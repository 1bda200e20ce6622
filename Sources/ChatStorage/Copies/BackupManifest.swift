import Bytes
import Cryptography
public import JSON

/// What a backup holds, as its file `manifest.json` says.
public struct BackupManifest: Sendable, Equatable {
    /// One file of the backup, by its path in it.
    public struct File: Sendable, Equatable {
        public let path: String
        public let count: Int
        public let sha256: String
    }

    /// The version of the program that made it.
    public var program: String
    /// When, as RFC 3339 has it.
    public var made: String
    /// The version of the database's tables.
    public var schema: Int64
    /// The names of the master keys that there were (`FernetKey.name`).
    public var keys: [String]
    /// Whether the keys are in the backup.
    public var hasKeys: Bool
    public var rooms: Int64
    public var messages: Int64
    /// The newest entry of the audit log: who has this can tell later whether its end was cut off.
    public var audit: AuditHead
    public var files: [File]

    static let fileName = "manifest.json"
    /// The SHA-256 of the manifest, as `sha256sum -c` reads it.
    static let sumName = "manifest.json.sha256"
    static let databaseName = "parley.db"
    static let filesName = "files"
    /// Of this layout.
    private static let format = 1

    /// The JSON of the manifest.
    public var json: JSONValue {
        let files = files.map { file -> JSONValue in
            ["path": .string(file.path), "bytes": .integer(Int64(file.count)), "sha256": .string(file.sha256)]
        }
        return [
            "format": .integer(Int64(Self.format)), "program": .string(program), "made": .string(made),
            "schema": .integer(schema), "keys": .array(keys.map { .string($0) }), "has_keys": .bool(hasKeys),
            "rooms": .integer(rooms), "messages": .integer(messages),
            "audit": ["sequence": .integer(audit.sequence), "hash": .string(audit.hash)], "files": .array(files),
        ]
    }
}

extension BackupManifest {
    /// Of the JSON; `nil` where a member is missing.
    init?(_ json: JSONValue) {
        guard json["format"]?.integerValue == Self.format, let program = json["program"]?.stringValue,
            let made = json["made"]?.stringValue, let schema = json["schema"]?.integerValue,
            let keys = json["keys"]?.arrayValue, let hasKeys = json["has_keys"]?.boolValue,
            let rooms = json["rooms"]?.integerValue, let messages = json["messages"]?.integerValue,
            let sequence = json["audit"]?["sequence"]?.integerValue, let hash = json["audit"]?["hash"]?.stringValue,
            let files = json["files"]?.arrayValue
        else { return nil }
        self.init(
            program: program, made: made, schema: Int64(schema), keys: keys.compactMap(\.stringValue), hasKeys: hasKeys,
            rooms: Int64(rooms), messages: Int64(messages), audit: AuditHead(sequence: Int64(sequence), hash: hash),
            files: [])
        for file in files {
            guard let path = file["path"]?.stringValue, let count = file["bytes"]?.integerValue,
                let sha256 = file["sha256"]?.stringValue, Self.isInside(path)
            else { return nil }
            self.files.append(File(path: path, count: count, sha256: sha256))
        }
    }

    /// Whether a path leads into the backup's folder and nowhere else.
    private static func isInside(_ path: String) -> Bool {
        let parts = path.split(separator: "/", omittingEmptySubsequences: false)
        return parts.allSatisfy { !$0.isEmpty && $0 != "." && $0 != ".." } && !path.contains("\0")
    }

    /// Writes the manifest and its sum into a backup's folder.
    func write(to folder: String) throws(BackupError) {
        let text = JSONPrinter.text(of: json) + [0x0a]
        try DiskFile.write(text, to: "\(folder)/\(Self.fileName)")
        let sum = "\(Hex.encode(SHA256.hash(text)))  \(Self.fileName)\n"
        try DiskFile.write(Array(sum.utf8), to: "\(folder)/\(Self.sumName)")
    }

    /// Reads the manifest of a backup, and looks at every file that it names.
    public static func check(_ folder: String) throws(BackupError) -> BackupManifest {
        let path = "\(folder)/\(fileName)"
        guard DiskFile.exists(path) else { throw .noManifest(path: folder) }
        let text = try DiskFile.contents(of: path, largest: 1 << 28)
        let sum = try DiskFile.contents(of: "\(folder)/\(sumName)", largest: 1_024)
        guard sum.starts(with: Hex.encode(SHA256.hash(text)).utf8) else { throw .changed(path: path) }
        var limits = JSONLimits()
        limits.maxValues = .max
        limits.maxBytes = .max
        guard let json = try? JSONParser.parse(text, limits: limits) else { throw .noManifest(path: folder) }
        if let format = json["format"]?.integerValue, format > Self.format { throw .newer(path: folder) }
        guard let manifest = BackupManifest(json) else { throw .noManifest(path: folder) }
        for file in manifest.files {
            let path = "\(folder)/\(file.path)"
            guard try DiskFile.digest(of: path) == FileDigest(count: file.count, sha256: file.sha256) else {
                throw .changed(path: path)
            }
        }
        return manifest
    }
}
