import Bytes
import Cryptography
import ParleyTesting
import Testing

@testable import Blobs

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

@Suite("A folder of files where the disk or the server fails", .timeLimit(.minutes(5)))
struct BlobFaultTests {
    private let key = FernetKey(from: SeededRandom(seed: 5))
    private let content = SeededRandom(seed: 8).bytes(200_000)

    @Test(arguments: [BlobError.full, .system(operation: "a test", code: EIO)])
    func `whichever call fails, the file is whole or there is none`(error: BlobError) async throws {
        let calls = FaultyCalls()
        let scene = try Scene(calls: calls)
        var number = 0
        while true {
            calls.fail(number, error)
            do {
                let id = try await scene.store(content, key)
                let wasLast = calls.count <= number
                calls.fail(nil)
                #expect(try await scene.folder.open(id, key: key).bytes(0..<200_000) == content)
                if wasLast { break }
                // Only a folder was not closed, behind its sync.
                try await scene.folder.remove(id)
            } catch let seen {
                #expect(seen as? BlobError == error)
                #expect(scene.files.isEmpty, "behind call \(number)")
            }
            number += 1
        }
        #expect(number >= 12)
        #expect(scene.files.count == 1)
    }

    @Test func `a disk that is full takes files again when there is room`() async throws {
        let calls = FaultyCalls()
        let scene = try Scene(calls: calls)
        let kept = try await scene.store(content, key)
        let writer = try await scene.folder.create(key: key)
        calls.fail(0, .full)
        await #expect(throws: BlobError.full) { try await writer.write(content) }
        await #expect(throws: BlobError.ended) { try await writer.write(content) }
        await #expect(throws: BlobError.ended) { try await writer.finish() }
        calls.fail(nil)
        #expect(scene.files.count == 1)
        #expect(try await scene.folder.open(kept, key: key).bytes(0..<200_000) == content)
        _ = try await scene.store(content, key)
        #expect(scene.files.count == 2)
    }

    @Test func `the system's words for a full disk all mean that`() {
        for code in [ENOSPC, EDQUOT, EFBIG] { #expect(BlobError("writing", code: code) == .full) }
        #expect(BlobError("opening", code: ENOENT) == .notFound)
        #expect(BlobError("writing", code: EIO) == .system(operation: "writing", code: EIO))
        for error in [BlobError.full, .notFound, .busy, .ended, .damaged, .system(operation: "writing", code: EIO)] {
            #expect(error.description.hasSuffix("."))
        }
    }

    #if os(Linux)
    @Test func `a limit of the system on the size of files is a full disk`() async {
        await #expect(processExitsWith: .success) {
            signal(SIGXFSZ, SIG_IGN)
            var limit = rlimit(rlim_cur: 100_000, rlim_max: 100_000)
            setrlimit(__rlimit_resource_t(RLIMIT_FSIZE.rawValue), &limit)
            let scene = try Scene()
            let key = FernetKey(from: SeededRandom())
            do {
                _ = try await scene.store([UInt8](repeating: 1, count: 200_000), key)
                exit(2)
            } catch {
                guard error as? BlobError == .full, scene.files.isEmpty else { exit(3) }
            }
            _ = try await scene.store([UInt8](repeating: 1, count: 60_000), key)
            exit(scene.files.count == 1 ? 0 : 4)
        }
    }
    #endif

    // MARK: After a crash

    @Test func `a sweep removes what a crash has left, and nothing that the database knows`() async throws {
        let scene = try Scene()
        var ids: [BlobID] = []
        for number in 0..<5 { ids.append(try await scene.store([UInt8(number)], key)) }
        // A crash between two steps leaves a draft, or a file that the database has not heard of.
        let path = "files/\(scene.files[0])"
        let other = BlobID(from: SecureRandom())
        scene.root.put([1], in: path.dropLast(32) + "\(other).part")
        scene.root.put([1], in: path.dropLast(32) + "notes.txt")
        scene.root.put([1], in: path + ".part.txt")
        let known = Set(ids[..<3])
        let asked = Locked<[BlobID]>([])
        let sweep = try await scene.folder.sweep { ids in
            asked.withLock { $0 += ids }
            return known.intersection(ids)
        }
        #expect(sweep == BlobSweep(kept: 3, orphans: 2, unfinished: 1, foreign: 2))
        #expect(asked.withLock { Set($0) } == Set(ids))
        #expect(scene.files.count == 5)
        for id in known { #expect(try await scene.folder.open(id, key: key).count == 1) }
        let again = try await scene.folder.sweep { known.intersection($0) }
        #expect(again == BlobSweep(kept: 3, orphans: 0, unfinished: 0, foreign: 2))
    }

    @Test func `a database that cannot say ends a sweep, and nothing is removed`() async throws {
        let scene = try Scene()
        _ = try await scene.store(content, key)
        await #expect(throws: BlobError.busy) {
            try await scene.folder.sweep { _ throws(BlobError) in throw .busy }
        }
        #expect(scene.files.count == 1)
    }

    @Test func `a sweep asks for no more than a thousand files at a time`() async throws {
        let scene = try Scene()
        let first = try await scene.store([1], key)
        let folder = "files/\(first.description.prefix(2))/\(first.description.dropFirst(2).prefix(2))/"
        for number in 0..<1001 {
            let digits = String(number)
            let rest = String(repeating: "0", count: 28 - digits.count) + digits
            scene.root.put([], in: folder + first.description.prefix(4) + rest)
        }
        let sizes = Locked<[Int]>([])
        let sweep = try await scene.folder.sweep { ids in
            sizes.withLock { $0.append(ids.count) }
            return [first]
        }
        #expect(sweep == BlobSweep(kept: 1, orphans: 1001, unfinished: 0, foreign: 0))
        #expect(sizes.withLock { $0 } == [1000, 2])
    }
}
