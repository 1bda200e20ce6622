import CUV
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// One thing for a loop to run.
enum LoopWork {
    case job(UnownedJob)
    case closure(@Sendable () -> Void)
}

/// What other threads want a loop to run, first in, first out.
///
/// The loop is woken only where it sleeps: while it is at work it looks here before it sleeps again, and then a post costs
/// no system call.
final class Mailbox: @unchecked Sendable {
    // Sendable because all but `mutex` and `wake` is touched only while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let wake: UnsafeMutablePointer<uv_async_t>
    private var items: [LoopWork] = []
    private var isSleeping = false
    private var isClosed = false
    /// Whether items wait; changed under `mutex` only, and read without it.
    private let isFilled = Atomic<Bool>(false)

    init(wake: UnsafeMutablePointer<uv_async_t>) {
        self.wake = wake
        mutex = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        mutex.deallocate()
    }

    /// Leaves `work` for the loop; `false` where the loop has ended, and `work` will never run.
    @discardableResult
    func post(_ work: LoopWork) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return false }
        items.append(work)
        isFilled.store(true, ordering: .releasing)
        if isSleeping {
            isSleeping = false
            // Under the lock, so that the handle cannot be closed in between.
            uv_async_send(wake)
        }
        return true
    }

    /// Whether something was posted and not taken yet. Costs no lock.
    @inline(__always)
    var hasItems: Bool { isFilled.load(ordering: .acquiring) }

    /// Exchanges the items for the empty `batch`. Where there are none, notes that the loop goes to sleep.
    func take(into batch: inout [LoopWork]) -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        swap(&items, &batch)
        isFilled.store(false, ordering: .relaxed)
        isSleeping = batch.isEmpty
        return !batch.isEmpty
    }

    /// Takes no more, if nothing is left; `false` otherwise.
    func closeIfEmpty() -> Bool {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        isClosed = items.isEmpty
        return isClosed
    }
}
