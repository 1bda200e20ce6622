import Bytes
public import Cryptography
public import EventLoops
public import Network

/// A folder of sealed files with random names; nothing of it blocks a loop.
///
/// A file is written under a name that ends in `.part`, made durable, and only then given its own: whatever happens, a file
/// of that name is whole. What a crash leaves is removed by `sweep` at the next start.
public final class BlobFolder: Sendable {
    let path: String
    let calls: any FileCalls
    private let pool: BlockingPool
    private let random: any RandomSource
    /// Folders whose own names are known to be durable.
    private let durable = Locked<Set<String>>([])

    static let unfinished = ".part"

    /// The folder at `path`, made where it is missing.
    ///
    /// - Parameter pool: the threads that everything here runs on.
    public convenience init(
        path: String, pool: BlockingPool, random: any RandomSource = SecureRandom()
    ) throws(BlobError) {
        try self.init(path: path, pool: pool, random: random, calls: SystemFileCalls())
    }

    init(path: String, pool: BlockingPool, random: any RandomSource, calls: any FileCalls) throws(BlobError) {
        self.path = path
        self.pool = pool
        self.random = random
        self.calls = calls
        try calls.makeFolder(path)
    }

    /// Begins a file, sealed under `key`.
    public nonisolated(nonsending) func create(key: FernetKey) async throws(BlobError) -> BlobWriter {
        let id = BlobID(from: random)
        return try await run { () throws(BlobError) in try BlobWriter(id, key: key, in: self) }
    }

    /// Opens a file that was sealed under `key`.
    public nonisolated(nonsending) func open(_ id: BlobID, key: FernetKey) async throws(BlobError) -> BlobReader {
        try await run { () throws(BlobError) in try BlobReader(id, key: key, in: self) }
    }

    /// Removes a file; one that is not there is no fault. Who has it open reads on.
    public nonisolated(nonsending) func remove(_ id: BlobID) async throws(BlobError) {
        // Not made durable: what comes back after a crash is an orphan, and swept.
        try await run { () throws(BlobError) in
            do throws(BlobError) { try self.calls.remove(self.file(id)) } catch {
                if error != .notFound { throw error }
            }
        }
    }

    // MARK: Names

    func file(_ id: BlobID) -> String { "\(path)/\(id.folder)/\(id)" }

    func makeFolder(of id: BlobID) throws(BlobError) {
        if durable.withLock({ $0.contains(id.folder) }) { return }
        try calls.makeFolder("\(path)/\(id.folder.prefix(2))")
        try calls.makeFolder("\(path)/\(id.folder)")
    }

    /// Makes the name of a file durable, and those of the folders above it where that has not been done.
    func makeDurable(_ id: BlobID) throws(BlobError) {
        let folder = id.folder
        try calls.syncFolder("\(path)/\(folder)")
        if durable.withLock({ $0.contains(folder) }) { return }
        try calls.syncFolder("\(path)/\(folder.prefix(2))")
        try calls.syncFolder(path)
        durable.withLock { _ = $0.insert(folder) }
    }

    // MARK: Threads

    /// Runs `body` on one of the threads.
    nonisolated(nonsending) func run<T: Sendable>(
        _ body: @escaping @Sendable () throws(BlobError) -> T
    ) async throws(BlobError) -> T {
        let result: Result<T, BlobError>
        do {
            result = try await pool.run {
                do throws(BlobError) { return .success(try body()) } catch { return .failure(error) }
            }
        } catch {
            throw .busy
        }
        return try result.get()
    }

    /// Runs `body` on one of the threads some time; here and now where they take no more work.
    func runLater(_ body: @escaping @Sendable () -> Void) {
        do { try pool.submit(body) } catch { body() }
    }
}
