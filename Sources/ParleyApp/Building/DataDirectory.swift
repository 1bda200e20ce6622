import Bytes
import ChatStorage
import Cryptography
import EventLoops
import Logging
import Settings

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder with the database and the secrets; made on the first start for its owner alone.
struct DataDirectory {
    let path: String
    let databasePath: String

    init(_ settings: Settings) throws(StartError) {
        path = settings[AppSettings.dataDirectory]
        databasePath = settings[AppSettings.databaseURL] ?? "\(path)/parley.db"
        try Self.make(path)
    }

    /// The same for a task beside the server: nothing is made.
    init(existing settings: Settings) {
        path = settings[AppSettings.dataDirectory]
        databasePath = settings[AppSettings.databaseURL] ?? "\(path)/parley.db"
    }

    static let keyFileName = "encryption.keys"
    static let signingFileName = "signing.key"

    /// The file of the master keys.
    var keyFile: String { "\(path)/\(Self.keyFileName)" }

    /// Where a server that runs takes what `parley user` and `parley room` ask for.
    var consoleSocket: String { "\(databasePath).console" }

    /// Where the files of messages lie.
    var filesFolder: String { "\(path)/files" }

    /// The keys of messages: those of the setting, or of the file `encryption.keys`.
    func keyring(
        _ settings: Settings, clock: any WallClock, random: any RandomSource, logger: Logger
    ) throws(StartError) -> FernetKeyring {
        do {
            let keys: [FernetKey]
            if let seed = settings[AppSettings.encryptionKey] {
                keys = [try Self.key(fromSeed: seed)]
            } else {
                keys = try load(Self.keyFileName, mayCreate: !hasDatabase, logger)
            }
            return try FernetKeyring(keys: keys, clock: clock, random: random)
        } catch {
            throw StartError(error)
        }
    }

    /// The same keys, of which there must be some.
    func existingKeys(_ settings: Settings) throws(StartError) -> [FernetKey] {
        if let seed = settings[AppSettings.encryptionKey] { return [try Self.key(fromSeed: seed)] }
        do { return try SecretsFile.load(keyFile, mayCreate: false).keys } catch { throw StartError(error) }
    }

    /// The key that signs tokens: that of the setting, or of the file `signing.key`.
    func signer(
        _ settings: Settings, clock: any WallClock, logger: Logger
    ) throws(StartError) -> JWT {
        do {
            // Any secret becomes a key of 32 bytes; what is short but long enough to be allowed is not refused later.
            let secret =
                if let given = settings[AppSettings.signingSecret] { Array(given.utf8) } else {
                    Array(try load(Self.signingFileName, mayCreate: true, logger)[0].secretText.utf8)
                }
            return try JWT(keys: [SHA256.hash(secret)], clock: clock)
        } catch {
            throw StartError(error)
        }
    }

    /// The folder of the database, which need not be this one.
    var databaseFolder: String {
        guard let slash = databasePath.lastIndex(of: "/") else { return "." }
        return slash == databasePath.startIndex ? "/" : String(databasePath[..<slash])
    }

    var hasDatabase: Bool { unsafe access(databasePath, F_OK) == 0 }

    private func load(_ name: String, mayCreate: Bool, _ logger: Logger) throws(SecretsError) -> [FernetKey] {
        let loaded = try SecretsFile.load("\(path)/\(name)", mayCreate: mayCreate)
        for notice in loaded.notices { logger.warning(notice) }
        if loaded.isNew { logger.info("A key was made: keep a copy of it in a safe place", ["file": .string(name)]) }
        return loaded.keys
    }

    /// A Fernet key as it stands, or one made of any other text.
    private static func key(fromSeed seed: String) throws(StartError) -> FernetKey {
        if let key = FernetKey(seed) ?? FernetKey(bytes: SHA256.hash(Array(seed.utf8))) { return key }
        throw StartError("The encryption key cannot be used: give 32 bytes in url-safe base 64.")
    }

    static func make(_ path: String) throws(StartError) {
        var made = ""
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            made += made.isEmpty && part.isEmpty ? "/" : made.isEmpty || made == "/" ? part : "/\(part)"
            if made.isEmpty || made == "/" { continue }
            guard unsafe mkdir(made, 0o700) == 0 || errno == EEXIST else {
                throw StartError(
                    "The data directory \(path) cannot be made: check the folder above it, or name another.")
            }
        }
        guard unsafe access(path, R_OK | W_OK | X_OK) == 0 else {
            throw StartError("The data directory \(path) cannot be written to: check its owner and permissions.")
        }
    }
}
