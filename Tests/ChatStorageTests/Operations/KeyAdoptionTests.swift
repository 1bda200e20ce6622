import Cryptography
import EventLoops
import ParleyTesting
import SQLite
import Testing

@testable import Chat
@testable import ChatStorage

@Suite("Keys that change while the store is open") struct KeyAdoptionTests {
    private let folder = TemporaryFolder()
    private let old = FernetKey()
    private let new = FernetKey()
    private var path: String { folder.file("chat.db") }

    @Test func `a key that is added is taken over, and one that is needed cannot be left out`() async throws {
        let keyring = try FernetKeyring(keys: [old])
        let store = try SQLiteStore(path: path, keyring: keyring)
        let wrapped = try keyring.wrap(FernetKey())
        await #expect(throws: StorageError.wrongKeys(path: path)) { try await store.adopt([new], on: keyring) }
        #expect(try keyring.isCurrent(keyring.encrypt([1])) && keyring.isCurrent(wrapped))
        let rotation = try KeyRotation(path, keys: [new, old])
        #expect(try !rotation.isAdopted())
        #expect(try !rotation.adoptUnlessServed())
        try await store.adopt([new, old], on: keyring)
        #expect(try rotation.isAdopted())
        #expect(!keyring.isCurrent(wrapped))
        _ = try keyring.unwrap(wrapped)
        try rotation.retire()
        try await store.adopt([new], on: keyring)
        #expect(throws: FernetError.notAuthentic) { try keyring.unwrap(wrapped) }
        await store.close()
    }

    @Test func `a room whose key is lost is counted, and keeps keys from being taken away`() async throws {
        let keyring = try FernetKeyring(keys: [old])
        let store = try SQLiteStore(path: path, keyring: keyring)
        try await store.writer.write { (log, _) in
            _ = try log.database.run(
                "INSERT INTO rooms (id, wrapped_key, created_at) VALUES ('a', 'no token', 0), ('b', ?, 0)",
                .utf8(try FernetKeyring(keys: [FernetKey()]).wrap(FernetKey())))
        }
        let rotation = try KeyRotation(path, keys: [new, old])
        #expect(try rotation.uses().lost == 2)
        #expect(throws: BackupError.self) { try rotation.rewrap() }
        #expect(throws: BackupError.self) { try rotation.retire() }
        // The note of the old key is still there.
        #expect(throws: BackupError.self) { try KeyRotation(path, keys: [new]) }
        await store.close()
    }
}
