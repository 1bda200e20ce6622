import Cryptography
import EventLoops
import Logging
import ParleyTesting
import Settings
import Testing

@testable import ParleyApp

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("The data directory") struct DataDirectoryTests {
    private let folder = TemporaryFolder()

    private func settings(_ path: String, _ variables: [String: String] = [:]) throws -> Settings {
        try AppSettings.catalog.load(arguments: ["--data", path], environment: variables)
    }

    private func mode(of path: String) -> UInt32 {
        var status = stat()
        return stat(path, &status) == 0 ? UInt32(status.st_mode) & 0o777 : 0
    }

    private func keyring(_ settings: Settings) throws(StartError) -> FernetKeyring {
        let directory = try DataDirectory(settings)
        return try directory.keyring(settings, clock: SystemWallClock(), random: SecureRandom(), logger: .disabled)
    }

    private func signer(_ settings: Settings) throws(StartError) -> JWT {
        try DataDirectory(settings).signer(settings, clock: SystemWallClock(), logger: .disabled)
    }

    @Test func `the directory is made for its owner, with those above it`() throws {
        let path = folder.file("a/b")
        let directory = try DataDirectory(settings(path))
        #expect(directory.databasePath == "\(path)/parley.db")
        #expect([mode(of: folder.file("a")), mode(of: path)] == [0o700, 0o700])
        // What is there is left as it is.
        chmod(path, 0o750)
        _ = try DataDirectory(settings(path))
        #expect(mode(of: path) == 0o750)
        for name in ["a/b", "a"] { rmdir(folder.file(name)) }
    }

    @Test func `a database may lie elsewhere`() throws {
        let settings = try settings(folder.path, ["DATABASE_URL": "sqlite:////var/chat.db"])
        #expect(try DataDirectory(settings).databasePath == "/var/chat.db")
    }

    @Test func `a place that cannot be a directory is refused with a sentence`() throws {
        folder.put([1], in: "file")
        let path = folder.file("file/data")
        let sentence = "The data directory \(path) cannot be made: check the folder above it, or name another."
        #expect(throws: StartError(sentence)) { try DataDirectory(settings(path)) }
        let file = folder.file("file")
        #expect(throws: StartError("The data directory \(file) cannot be written to: check its owner and permissions."))
        {
            try DataDirectory(settings(file))
        }
    }

    @Test func `keys are made once, for the owner alone, and are the same at the next start`() throws {
        let settings = try settings(folder.path)
        let key = FernetKey()
        let wrapped = try keyring(settings).wrap(key)
        _ = try signer(settings)
        let files = ["encryption.keys", "signing.key"]
        #expect(folder.names == files)
        #expect(files.map { folder.mode(of: $0) } == [0o600, 0o600])
        let before = files.map { folder.bytes(of: $0) }
        #expect(try keyring(settings).unwrap(wrapped).secretText == key.secretText)
        _ = try signer(settings)
        #expect(files.map { folder.bytes(of: $0) } == before)
    }

    @Test func `a database whose keys are gone is not given new ones`() throws {
        folder.put([1], in: "parley.db")
        let path = folder.file("encryption.keys")
        #expect(
            throws: StartError(
                "The key file \(path) is missing; restore it from a backup, for the stored messages open with no other."
            )
        ) { try keyring(settings(folder.path)) }
        #expect(folder.names == ["parley.db"])
    }

    @Test func `a key that others can read is made private`() throws {
        folder.put(Array((FernetKey().secretText + "\n").utf8), in: "encryption.keys", mode: 0o644)
        _ = try keyring(settings(folder.path))
        #expect(folder.mode(of: "encryption.keys") == 0o600)
    }

    @Test func `given secrets are used as they are, and no file is made`() throws {
        let key = FernetKey()
        let given = try settings(folder.path, ["ENCRYPTION_KEY": key.secretText, "JWT_SECRET": "0Qz-93Lm-Xw2e-7Gv"])
        let room = FernetKey()
        let wrapped = try keyring(given).wrap(room)
        let expected = try FernetKeyring(keys: [key], clock: SystemWallClock())
        #expect(try expected.unwrap(wrapped).secretText == room.secretText)
        _ = try signer(given)
        #expect(folder.names == [])
    }

    @Test func `any seed makes a key, the same each time`() throws {
        let seed = try settings(folder.path, ["ENCRYPTION_KEY": "a seed of no special form, 7Gv-0pQz"])
        let other = try settings(folder.path, ["ENCRYPTION_KEY": "a seed of no special form, 7Gv-0pQy"])
        let wrapped = try keyring(seed).wrap(FernetKey())
        #expect(throws: Never.self) { try keyring(seed).unwrap(wrapped) }
        #expect(throws: (any Error).self) { try keyring(other).unwrap(wrapped) }
    }

    @Test func `tokens of one secret are refused under another`() throws {
        let one = try signer(settings(folder.path, ["JWT_SECRET": "0Qz-93Lm-Xw2e-7Gv"]))
        let other = try signer(settings(folder.path, ["JWT_SECRET": "0Qz-93Lm-Xw2e-7Gw"]))
        let expires = SystemWallClock().epochMilliseconds / 1000 + 3600
        let token = try one.sign(JWTClaims(type: "room", expires: expires, claims: []))
        #expect(throws: Never.self) { try one.verify(token, type: "room") }
        #expect(throws: (any Error).self) { try other.verify(token, type: "room") }
    }
}
