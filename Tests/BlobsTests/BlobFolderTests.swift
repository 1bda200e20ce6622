import Bytes
import Cryptography
import EventLoops
import Network
import ParleyTesting
import Testing

@testable import Blobs

@Suite("A folder of sealed files", .timeLimit(.minutes(5)))
struct BlobFolderTests {
    private let key = FernetKey(from: SeededRandom(seed: 5))

    private static func content(_ count: Int) -> [UInt8] { SeededRandom(seed: 8).bytes(count) }

    @Test(arguments: [0, 1, 65_536, 65_537, 300_000])
    func `what is written comes back, whole and in parts`(count: Int) async throws {
        let scene = try Scene()
        let content = Self.content(count)
        let writer = try await scene.folder.create(key: key)
        for start in stride(from: 0, to: count, by: 7000) {
            try await writer.write(Array(content[start..<min(start + 7000, count)]))
        }
        #expect(try await writer.finish() == count)
        let reader = try await scene.folder.open(writer.id, key: key)
        #expect(reader.count == count && reader.id == writer.id)
        #expect(try await reader.bytes(0..<count) == content)
        #expect(try await reader.bytes(0..<Int.max) == content)
        for range in [0..<1, 65_535..<65_537, count / 2..<count, count..<count + 1] {
            #expect(try reader.read(range) == Array(content[range.clamped(to: 0..<count)]))
        }
    }

    @Test func `a file lies two folders down, its owner's alone, and holds no plain text`() async throws {
        let scene = try Scene()
        let secret = Array("a canary that nobody may read".utf8)
        let id = try await scene.store(secret + secret, key)
        let path = "\(id.description.prefix(2))/\(id.description.dropFirst(2).prefix(2))/\(id)"
        #expect(scene.files == [path])
        #expect(scene.root.mode(of: "files/" + path) == 0o600)
        #expect(scene.root.mode(of: "files/\(path.prefix(2))") == 0o700)
        #expect(scene.root.mode(of: "files") == 0o700)
        let stored = scene.root.bytes(of: "files/" + path)
        #expect(stored.count == SealedFileFormat.sealedBytes(ofPlain: 58))
        #expect(!String(decoding: stored, as: UTF8.self).contains("canary"))
    }

    @Test func `a file is not there before it is finished`() async throws {
        let scene = try Scene()
        let writer = try await scene.folder.create(key: key)
        try await writer.write([1, 2, 3])
        await #expect(throws: BlobError.notFound) { _ = try await scene.folder.open(writer.id, key: key) }
        #expect(scene.files.count == 1 && scene.files[0].hasSuffix(".part"))
        try await writer.finish()
        await #expect(throws: BlobError.ended) { try await writer.write([4]) }
        await #expect(throws: BlobError.ended) { try await writer.finish() }
        await writer.discard()
        #expect(try await scene.folder.open(writer.id, key: key).count == 3)
    }

    @Test func `a file that is given up or let go of leaves nothing`() async throws {
        let scene = try Scene()
        let writer = try await scene.folder.create(key: key)
        await writer.discard()
        #expect(scene.files.isEmpty)
        await #expect(throws: BlobError.ended) { try await writer.finish() }
        var other: BlobWriter? = try await scene.folder.create(key: key)
        try await other?.write(Self.content(100_000))
        #expect(scene.files.count == 1)
        other = nil
        #expect(await comesTrue { scene.files.isEmpty })
    }

    @Test func `a removed file is gone, and read on by who has it open`() async throws {
        let scene = try Scene()
        let id = try await scene.store([1, 2, 3], key)
        let reader = try await scene.folder.open(id, key: key)
        try await scene.folder.remove(id)
        try await scene.folder.remove(id)
        #expect(scene.files.isEmpty)
        #expect(try await reader.bytes(0..<3) == [1, 2, 3])
        await #expect(throws: BlobError.notFound) { _ = try await scene.folder.open(id, key: key) }
    }

    @Test func `a file that was changed, cut off or sealed under another key is damaged`() async throws {
        let scene = try Scene()
        let id = try await scene.store(Self.content(100_000), key)
        await #expect(throws: BlobError.damaged) {
            try await scene.folder.open(id, key: FernetKey(from: SeededRandom())).bytes(0..<1)
        }
        let name = "files/" + scene.files[0]
        let stored = scene.root.bytes(of: name)
        let cuts = [stored.count - 1, 70_000, 20, 0].map { Array(stored[..<$0]) }
        for changed in cuts + [stored + [0]] {
            scene.root.put(changed, in: name)
            await #expect(throws: BlobError.damaged) {
                try await scene.folder.open(id, key: key).bytes(0..<100_000)
            }
        }
        var flipped = stored
        flipped[70_000] ^= 1
        scene.root.put(flipped, in: name)
        let reader = try await scene.folder.open(id, key: key)
        #expect(try await reader.bytes(0..<10) == Array(Self.content(100_000)[..<10]))
        await #expect(throws: BlobError.damaged) { try await reader.bytes(65_530..<65_540) }
    }

    @Test func `names are 32 hexadecimal digits, and no two are the same`() {
        let ids = (0..<100).map { _ in BlobID(from: SecureRandom()) }
        #expect(Set(ids).count == 100)
        #expect(ids.allSatisfy { BlobID($0.description) == $0 && $0.description.utf8.count == 32 })
        let id = ids[0].description
        for text in ["", String(id.dropLast()), id + "0", "../../../../../../../../etc/passwd", id.uppercased() + "G"] {
            #expect(BlobID(text) == nil)
        }
        #expect(BlobID(String(repeating: "A", count: 32)) == nil)
    }

    @Test func `a pool that has ended is busy`() async throws {
        let scene = try Scene()
        scene.pool.stopAndWait()
        await #expect(throws: BlobError.busy) { _ = try await scene.folder.create(key: key) }
    }
}
