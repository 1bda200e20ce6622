public import Cryptography
public import SQLite

/// Why the stored chat cannot be opened: one sentence for the person who starts the server.
public enum StorageError: Error, Equatable, Sendable {
    /// Another process serves this database.
    case inUse(path: String)
    /// A key that the database was made with is not on the keyring.
    case wrongKeys(path: String)
    /// The lock file beside the database cannot be made.
    case notWritable(path: String)
    case database(path: String, SQLiteError)
    /// The cryptographic library failed while the keys were tried; that says nothing of the keys.
    case cryptography(path: String, FernetError)
}

extension StorageError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .inUse(let path): "Another server uses the database \(path); stop it or choose another data directory."
        case .wrongKeys(let path):
            "The keys do not open the database \(path); start with the key file that it was made with."
        case .notWritable(let path): "The folder of \(path) cannot be written; check its owner and permissions."
        case .database(let path, let error): "The database \(path) cannot be used. \(error.description)"
        case .cryptography(let path, let error):
            "The keys of the database \(path) cannot be tried. \(error.description)"
        }
    }
}
