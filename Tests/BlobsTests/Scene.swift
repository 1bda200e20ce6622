import Bytes
import Cryptography
import EventLoops
import Network
import ParleyTesting

@testable import Blobs

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder of files in a folder of the test's own; gone when this is.
final class Scene: Sendable {
    let root = TemporaryFolder()
    let pool = BlockingPool(threads: 2, name: "blobs")
    let folder: BlobFolder

    init(calls: any FileCalls = SystemFileCalls()) throws {
        folder = try BlobFolder(path: root.file("files"), pool: pool, random: SecureRandom(), calls: calls)
    }

    deinit {
        pool.stopAndWait()
        for file in files { unlink("\(folder.path)/\(file)") }
        for first in names(in: "") {
            for second in names(in: first) { rmdir("\(folder.path)/\(first)/\(second)") }
            rmdir("\(folder.path)/\(first)")
            unlink("\(folder.path)/\(first)")
        }
        rmdir(folder.path)
    }

    /// Every file below the folder, in order.
    var files: [String] {
        names(in: "").flatMap { first in
            names(in: first).flatMap { second in names(in: "\(first)/\(second)").map { "\(first)/\(second)/\($0)" } }
        }.sorted()
    }

    private func names(in path: String) -> [String] {
        (try? SystemFileCalls().names(in: "\(folder.path)/\(path)")) ?? []
    }

    func store(_ content: [UInt8], _ key: FernetKey) async throws -> BlobID {
        let writer = try await folder.create(key: key)
        try await writer.write(content)
        try await writer.finish()
        return writer.id
    }
}

/// The system's calls, of which one fails and all behind it that are told to.
final class FaultyCalls: FileCalls {
    private struct State {
        var count = 0
        var failing: Int?
        var error = BlobError.full
        var synced: [String] = []
    }

    private let system = SystemFileCalls()
    private let state = Locked(State())

    /// Calls made since the last `fail`.
    var count: Int { state.withLock { $0.count } }

    /// Lets the call of that number from now on fail, counted from 0, with this error; `nil` for none.
    func fail(_ number: Int?, _ error: BlobError = .full) {
        state.withLock { state in
            state.count = 0
            state.failing = number
            state.error = error
        }
    }

    private func pass() throws(BlobError) {
        let error: BlobError? = state.withLock { state in
            defer { state.count += 1 }
            return state.count == state.failing ? state.error : nil
        }
        if let error { throw error }
    }

    func makeFolder(_ path: String) throws(BlobError) {
        try pass()
        try system.makeFolder(path)
    }

    func create(_ path: String) throws(BlobError) -> Int32 {
        try pass()
        return try system.create(path)
    }

    func open(_ path: String) throws(BlobError) -> Int32 {
        try pass()
        return try system.open(path)
    }

    func size(of file: Int32) throws(BlobError) -> Int {
        try pass()
        return try system.size(of: file)
    }

    /// One that fails has written a part.
    func write(_ bytes: [UInt8], to file: Int32) throws(BlobError) {
        do throws(BlobError) { try pass() } catch {
            try system.write(Array(bytes[..<(bytes.count / 2)]), to: file)
            throw error
        }
        try system.write(bytes, to: file)
    }

    func read(_ file: Int32, at offset: Int, count: Int) throws(BlobError) -> [UInt8] {
        try pass()
        return try system.read(file, at: offset, count: count)
    }

    func sync(_ file: Int32) throws(BlobError) {
        try pass()
        try system.sync(file)
    }

    /// One that fails has closed the file, as the system's does.
    func close(_ file: Int32) throws(BlobError) {
        try system.close(file)
        try pass()
    }

    func rename(_ path: String, to other: String) throws(BlobError) {
        try pass()
        try system.rename(path, to: other)
    }

    func remove(_ path: String) throws(BlobError) {
        try pass()
        try system.remove(path)
    }

    func names(in path: String) throws(BlobError) -> [String] {
        try pass()
        return try system.names(in: path)
    }
}
