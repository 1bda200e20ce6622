public import Cryptography
public import EventLoops

/// A file of secret keys: one on each line, 32 bytes in url-safe base 64, the first one writes.
///
/// Made on the first start, readable by its owner only, and never printed.
public enum SecretsFile {
    /// What was found or made.
    public struct Loaded: Sendable {
        /// At least one.
        public let keys: [FernetKey]
        /// Whether the secrets were made just now.
        public let isNew: Bool
        /// What was set right about the file, as sentences for the log.
        public let notices: [String]
    }

    /// The most that is read.
    static let largest = 64 * 1024

    /// Reads the keys of the file, or makes it with one new key.
    ///
    /// - Parameter mayCreate: `false` where there is data that only the keys of a missing file would open.
    public static func load(
        _ path: String, mayCreate: Bool, random: some RandomSource = SecureRandom()
    ) throws(SecretsError) -> Loaded {
        if let file = try SecretFile.contents(of: path, largest: largest) {
            return Loaded(keys: try parse(file.bytes, path: path), isNew: false, notices: file.notices)
        }
        guard mayCreate else { throw .missing(path: path) }
        let key = FernetKey(from: random)
        if try SecretFile.create(path, Array((key.secretText + "\n").utf8)) {
            return Loaded(keys: [key], isNew: true, notices: [])
        }
        // Another process made it in the meantime.
        guard let file = try SecretFile.contents(of: path, largest: largest) else { throw .missing(path: path) }
        return Loaded(keys: try parse(file.bytes, path: path), isNew: false, notices: file.notices)
    }

    /// Writes the keys, at least one, in the place of those of the file: whoever reads it sees the old ones or the new.
    public static func replace(_ path: String, with keys: [FernetKey]) throws(SecretsError) {
        let draft = "\(path).new"
        SecretFile.remove(draft)
        guard try SecretFile.create(draft, Array(keys.map { $0.secretText + "\n" }.joined().utf8)) else {
            throw .notWritable(path: path)
        }
        try SecretFile.move(draft, to: path)
    }

    private static func parse(_ bytes: [UInt8], path: String) throws(SecretsError) -> [FernetKey] {
        guard let text = String(validating: bytes, as: UTF8.self) else { throw .notKeys(path: path, line: 1) }
        var keys: [FernetKey] = []
        for (index, line) in text.split(omittingEmptySubsequences: false, whereSeparator: \.isNewline).enumerated() {
            let line = line.drop(while: \.isWhitespace)
            guard let end = line.lastIndex(where: { !$0.isWhitespace }), line.first != "#" else { continue }
            guard let key = FernetKey(String(line[...end])) else { throw .notKeys(path: path, line: index + 1) }
            keys.append(key)
        }
        guard !keys.isEmpty else { throw .notKeys(path: path, line: 1) }
        return keys
    }
}

/// Why the secrets cannot be used: one sentence for the person who starts the server.
public enum SecretsError: Error, Equatable, Sendable {
    case missing(path: String)
    /// Damaged: the line is not a key.
    case notKeys(path: String, line: Int)
    case unreadable(path: String)
    case notWritable(path: String)
    /// Others may read the file, and that could not be changed.
    case readableByOthers(path: String)
    /// Others may put a file of theirs in its place.
    case folderWritableByOthers(path: String)
}

extension SecretsError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .missing(let path):
            "The key file \(path) is missing; restore it from a backup, for the stored messages open with no other."
        case .notKeys(let path, let line):
            "Line \(line) of the key file \(path) is not a key; restore the file from a backup."
        case .unreadable(let path): "The key file \(path) cannot be read; check its owner and permissions."
        case .notWritable(let path): "The key file \(path) cannot be made; check the folder's owner and permissions."
        case .readableByOthers(let path):
            "Other users can read the key file \(path); make it private with `chmod 600`."
        case .folderWritableByOthers(let path):
            "Other users can write to the folder \(path), where the keys lie; make it private with `chmod go-w`."
        }
    }
}
