#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// An event that happens once and that threads can wait for.
final class Completion: @unchecked Sendable {
    // Sendable because `isComplete` and `waiting` are touched only while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let condition: UnsafeMutablePointer<pthread_cond_t>
    private var isComplete = false
    private var waiting: [@Sendable () -> Void] = []

    init() {
        mutex = .allocate(capacity: 1)
        condition = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func complete() {
        pthread_mutex_lock(mutex)
        isComplete = true
        let bodies = waiting
        waiting = []
        pthread_cond_broadcast(condition)
        pthread_mutex_unlock(mutex)
        for body in bodies { body() }
    }

    func wait() {
        pthread_mutex_lock(mutex)
        while !isComplete { pthread_cond_wait(condition, mutex) }
        pthread_mutex_unlock(mutex)
    }

    /// Calls `body` on the thread that completes, or at once where that has happened.
    func whenComplete(_ body: @escaping @Sendable () -> Void) {
        pthread_mutex_lock(mutex)
        let isLate = isComplete
        if !isLate { waiting.append(body) }
        pthread_mutex_unlock(mutex)
        if isLate { body() }
    }
}
