import ChatStorage
import Cryptography
import EventLoops
import Logging
import Network

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Takes over the keys of the key file when somebody has changed it (`parley keys`), without a restart. Looks at the file
/// every second.
///
/// `@unchecked Sendable` because `timer`, `seen` and `names` are touched on the loop only.
final class KeyWatch: TimerTarget, @unchecked Sendable {
    private let path: String
    private let store: SQLiteStore
    private let keyring: FernetKeyring
    private let loop: any EventLoop
    /// Where the file is read.
    private let pool: BlockingPool
    private let logger: Logger
    private var timer: TimerToken?
    /// `nil` until the file was looked at once: it may have changed since the server read it.
    private var seen: Mark?
    private var names: [String] = []

    private static let interval = Duration.seconds(1)

    /// What tells one state of the file from another.
    private struct Mark: Equatable, Sendable {
        let inode: UInt64
        let seconds: Int
        let nanoseconds: Int
        let size: Int
    }

    init(
        _ path: String, _ store: SQLiteStore, _ keyring: FernetKeyring, on loop: any EventLoop, pool: BlockingPool,
        logger: Logger
    ) {
        self.path = path
        self.store = store
        self.keyring = keyring
        self.loop = loop
        self.pool = pool
        self.logger = logger
    }

    func start() { loop.execute { self.wait() } }

    func stop() {
        loop.execute {
            if let timer = self.timer { self.loop.cancel(timer) }
            self.timer = nil
        }
    }

    private func wait() { timer = loop.schedule(after: Self.interval, self) }

    func timerFired(_ token: TimerToken) {
        wait()
        loop.start { [self] in
            let (path, seen) = (path, seen)
            let mark = try? await pool.run { Self.mark(path) }
            guard let mark, mark != seen else { return }
            self.seen = mark
            await adopt()
        }
    }

    private nonisolated(nonsending) func adopt() async {
        let path = path
        do {
            let keys = try await pool.run { try SecretsFile.load(path, mayCreate: false).keys }
            try await store.adopt(keys, on: keyring)
            if !names.isEmpty, names != keys.map(\.name) {
                logger.info("The keys have changed", ["writes": .string(keys[0].name), "keys": .integer(keys.count)])
            }
            names = keys.map(\.name)
        } catch {
            logger.error("The keys stay as they were", ["error": .describing(error)])
        }
    }

    private static func mark(_ path: String) -> Mark? {
        var status = stat()
        guard unsafe stat(path, &status) == 0 else { return nil }
        #if canImport(Glibc)
        let time = status.st_mtim
        #else
        let time = status.st_mtimespec
        #endif
        return Mark(
            inode: UInt64(status.st_ino), seconds: time.tv_sec, nanoseconds: time.tv_nsec, size: Int(status.st_size))
    }
}
