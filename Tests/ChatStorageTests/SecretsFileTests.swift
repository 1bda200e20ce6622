import Cryptography
import ParleyTesting
import Testing

@testable import ChatStorage

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite struct SecretsFileTests {
    private let folder = TemporaryFolder()

    private func load(mayCreate: Bool = true) throws(SecretsError) -> SecretsFile.Loaded {
        try SecretsFile.load(folder.file("keys"), mayCreate: mayCreate)
    }

    private func put(_ text: String, mode: UInt32 = 0o600) { folder.put(Array(text.utf8), in: "keys", mode: mode) }

    @Test func `the first start makes a key that only its owner can read, later ones find it`() throws {
        let first = try load()
        #expect(first.isNew && first.keys.count == 1 && first.notices == [])
        #expect(folder.mode(of: "keys") == 0o600)
        #expect(folder.names == ["keys"])
        let second = try load(mayCreate: false)
        #expect(!second.isNew && second.keys == first.keys)
        #expect(try SecretsFile.load(folder.file("other"), mayCreate: true).keys != first.keys)
    }

    @Test func `a file of several keys gives them in order, without blank lines and remarks`() throws {
        let keys = [FernetKey(), FernetKey()]
        put("# the new one\r\n  \(keys[0].secretText)  \r\n\n\(keys[1].secretText)")
        #expect(try load().keys == keys)
    }

    @Test func `a missing file is not made where there is data`() {
        let error = #expect(throws: SecretsError.self) { try load(mayCreate: false) }
        #expect(error == .missing(path: folder.file("keys")))
        #expect(error?.description.contains("restore it from a backup") == true)
        #expect(folder.names == [])
    }

    @Test(arguments: ["", "\n\n", "# only a remark\n", "not a key\n", "QUJD\n", "\u{feff}"])
    func `a file without a key is refused and left as it is`(_ text: String) {
        put(text)
        #expect(throws: SecretsError.notKeys(path: folder.file("keys"), line: 1)) { try load() }
        #expect(folder.bytes(of: "keys") == Array(text.utf8))
    }

    @Test func `a damaged line is named, and its content is not`() {
        let cut = String(FernetKey().secretText.dropLast())
        put("\(FernetKey().secretText)\n\(cut)\n")
        let error = #expect(throws: SecretsError.self) { try load() }
        #expect(error == .notKeys(path: folder.file("keys"), line: 2))
        #expect(error?.description.contains(cut) == false)
    }

    @Test func `bytes that are no text, and a file that is too long, are refused`() {
        folder.put([0xff, 0xfe, 0x00], in: "keys")
        #expect(throws: SecretsError.notKeys(path: folder.file("keys"), line: 1)) { try load() }
        put(String(repeating: "#", count: SecretsFile.largest) + "\n")
        #expect(throws: SecretsError.unreadable(path: folder.file("keys"))) { try load() }
    }

    @Test(arguments: [UInt32(0o644), 0o660, 0o604, 0o666])
    func `a file that others can read is made private, and it is said`(_ mode: UInt32) throws {
        let key = FernetKey()
        put(key.secretText, mode: mode)
        let loaded = try load()
        #expect(loaded.keys == [key])
        #expect(loaded.notices.count == 1 && loaded.notices[0].contains("is private now"))
        #expect(!loaded.notices[0].contains(key.secretText))
        #expect(folder.mode(of: "keys") == 0o600)
        #expect(try load().notices == [])
    }

    @Test func `a folder that others can write is refused`() {
        chmod(folder.path, 0o777)
        #expect(throws: SecretsError.folderWritableByOthers(path: folder.path)) { try load() }
        #expect(folder.names == [])
        chmod(folder.path, 0o700)
    }

    @Test func `a folder that is not there is refused, and so is a folder in place of the file`() {
        let path = folder.file("none/keys")
        #expect(throws: SecretsError.notWritable(path: path)) { try SecretsFile.load(path, mayCreate: true) }
        #expect(throws: SecretsError.unreadable(path: folder.path)) {
            try SecretsFile.load(folder.path, mayCreate: true)
        }
    }

    @Test func `of many who start at once all have the same key`() async throws {
        let path = folder.file("keys")
        let keys = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask { try SecretsFile.load(path, mayCreate: true).keys[0].secretText }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
        #expect(folder.names == ["keys"])
    }
}
