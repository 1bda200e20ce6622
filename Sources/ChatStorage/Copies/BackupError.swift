public import SQLite

/// Why a backup is not made, not good or not brought back: one sentence for the operator.
public enum BackupError: Error, Equatable, Sendable {
    /// There is nothing to copy.
    case noDatabase(path: String)
    /// What is to be made is there already.
    case exists(path: String)
    case unreadable(path: String)
    case notWritable(path: String)
    /// The folder has no manifest that can be read.
    case noManifest(path: String)
    /// A file of the backup is not there.
    case missing(path: String)
    /// A file of the backup is not as it was when it was made.
    case changed(path: String)
    /// A newer version of the program has made it.
    case newer(path: String)
    /// The tables are not of this version.
    case otherSchema(path: String)
    /// None of the keys at hand opens it.
    case otherKeys(wanted: [String], found: [String])
    /// There is a chat where one is to be brought back.
    case occupied(path: String)
    /// A server uses the database.
    case inUse(path: String)
    case database(path: String, SQLiteError)
    /// The cryptographic library failed.
    case cryptography(String)
}

extension BackupError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .noDatabase(let path): "There is no database \(path); name the data directory with --data."
        case .exists(let path): "There is something at \(path) already; name another place, or move it away."
        case .unreadable(let path): "\(path) cannot be read; check its owner and permissions."
        case .notWritable(let path): "\(path) cannot be written; check the folder's permissions and the disk's room."
        case .noManifest(let path):
            "\(path) is no backup: it has no manifest.json that can be read; name another folder."
        case .missing(let path): "The backup is not whole: \(path) is missing; use another backup."
        case .changed(let path): "The backup is damaged: \(path) is not as it was made; use another backup."
        case .newer(let path): "A newer version of Parley has made \(path); install that version first."
        case .otherSchema(let path):
            "Another version of Parley wrote the database \(path) last; use that one, or let a server of this one start."
        case .otherKeys(let wanted, let found) where wanted.isEmpty:
            "The keys at hand (\(Self.list(found))) do not open all of the database; restore the file encryption.keys "
                + "from a backup."
        case .otherKeys(let wanted, let found):
            "The backup needs the keys \(Self.list(wanted)), but there are \(Self.list(found)); put the file "
                + "encryption.keys that belongs to it into the data directory, or name that file with --keys."
        case .occupied(let path):
            "There is a chat at \(path) already; --force puts the backup in its place and keeps it beside."
        case .inUse(let path): "A server uses the database \(path); stop it first."
        case .database(let path, let error): "The database \(path) cannot be used. \(error.description)"
        case .cryptography(let sentence): sentence
        }
    }

    private static func list(_ names: [String]) -> String { names.isEmpty ? "none" : names.joined(separator: ", ") }
}

extension BackupError {
    init(_ error: StorageError) {
        switch error {
        case .inUse(let path): self = .inUse(path: path)
        case .wrongKeys: self = .otherKeys(wanted: [], found: [])
        case .notWritable(let path): self = .notWritable(path: path)
        case .database(let path, let error): self = .database(path: path, error)
        case .cryptography: self = .cryptography(error.description)
        }
    }
}
