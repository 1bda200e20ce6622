import Accounts
import Network

/// Password hashing on threads of its own, behind a bounded queue.
struct PoolExecutor: BlockingExecutor {
    let pool: BlockingPool

    func run<R: Sendable>(_ work: @escaping @Sendable () -> R) async throws(BlockingExecutorFull) -> R {
        do {
            return try await pool.run(work)
        } catch {
            throw BlockingExecutorFull()
        }
    }
}
