import Accounts
import Bytes
import Chat
import ChatStorage
import EventLoops
import Network

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether the server can do its work now: it does not stop, its disk has room, and its store takes a write.
///
/// Asked by strangers as often as they like: one look is taken in a second, and all who ask meanwhile share it.
final class Readiness: Sendable {
    private let store: SQLiteStore
    private let folder: String
    private let freeSpace: Int
    private let clock: any WallClock
    /// Where the system is asked, which may take long on a file system far away.
    private let pool: BlockingPool
    private let state = Locked(State())

    private struct State {
        var isStopping = false
        var isLooking = false
        var seen: (time: Int64, complaint: String?)?
        var waiting: [CheckedContinuation<String?, Never>] = []
    }

    static let stopping = "The server stops; ask another one."

    /// Milliseconds for which a look is good.
    private static let lifetime: Int64 = 1_000

    init(_ store: SQLiteStore, folder: String, freeSpace: Int, clock: any WallClock, pool: BlockingPool) {
        self.store = store
        self.folder = folder
        self.freeSpace = freeSpace
        self.clock = clock
        self.pool = pool
    }

    /// From now on the server is not ready.
    func stop() { state.withLock { $0.isStopping = true } }

    /// A sentence where the server is not ready.
    func complaint() async -> String? {
        await withCheckedContinuation { continuation in
            let now = clock.epochMilliseconds
            let turn: Turn = state.withLock { state in
                if state.isStopping { return .answer(Self.stopping) }
                if let seen = state.seen, abs(now - seen.time) < Self.lifetime { return .answer(seen.complaint) }
                state.waiting.append(continuation)
                if state.isLooking { return .wait }
                state.isLooking = true
                return .look
            }
            switch turn {
            case .answer(let complaint): continuation.resume(returning: complaint)
            case .wait: break
            case .look: Task { await look() }
            }
        }
    }

    private enum Turn {
        case answer(String?)
        case wait
        case look
    }

    private func look() async {
        let complaint = await found()
        let waiting = state.withLock { state in
            state.isLooking = false
            state.seen = (clock.epochMilliseconds, complaint)
            defer { state.waiting = [] }
            return state.waiting
        }
        for continuation in waiting { continuation.resume(returning: complaint) }
    }

    private func found() async -> String? {
        do throws(StoreError) {
            try await store.probe()
        } catch {
            return switch error {
            case .storage(.full): "The disk of the data directory is full; free some space."
            case .storage(.busy): "More changes wait than the store takes; the disk may be too slow."
            case .storage(.closed): Self.stopping
            default: "The store takes no changes; the log says why."
            }
        }
        let folder = folder
        guard let free = try? await pool.run({ Self.freeBytes(of: folder) }), free < freeSpace else { return nil }
        return "The disk of the data directory has only \(free / 1_024) KiB left; free some space."
    }

    /// What is left for this user; as much as can be where the system does not say.
    static func freeBytes(of folder: String) -> Int {
        var status = statvfs()
        guard unsafe statvfs(folder, &status) == 0 else { return .max }
        return Int(
            clamping: UInt64(status.f_bavail).multipliedReportingOverflow(by: UInt64(status.f_frsize)).partialValue)
    }
}
