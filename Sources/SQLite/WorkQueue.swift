#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A bounded queue that threads wait at.
final class WorkQueue<Element>: @unchecked Sendable {
    // Sendable because the variables are touched only while `mutex` is held.
    private let mutex: UnsafeMutablePointer<pthread_mutex_t>
    private let arrived: UnsafeMutablePointer<pthread_cond_t>
    private let limit: Int
    private var waiting: [Element] = []
    /// How many threads sleep, and how many elements there must be for one of them to be woken.
    private var sleepers = 0
    private var wanted = 1
    private var isClosed = false

    /// What became of an element that was pushed.
    enum Push { case taken, full, closed }

    init(limit: Int) {
        self.limit = limit
        mutex = .allocate(capacity: 1)
        arrived = .allocate(capacity: 1)
        pthread_mutex_init(mutex, nil)
        ShortWait.initialize(arrived)
    }

    deinit {
        pthread_cond_destroy(arrived)
        pthread_mutex_destroy(mutex)
        arrived.deallocate()
        mutex.deallocate()
    }

    var count: Int {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        return waiting.count
    }

    func push(_ element: Element) -> Push {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        guard !isClosed else { return .closed }
        guard waiting.count < limit else { return .full }
        waiting.append(element)
        if sleepers > 0 && waiting.count >= wanted { pthread_cond_signal(arrived) }
        return .taken
    }

    /// Waits for an element, and then for up to `patience` nanoseconds until there are `expected`; takes the oldest,
    /// `most` of them at most. `nil` when the queue is closed and empty.
    func take(most: Int, expecting expected: Int = 1, patience: UInt64 = 0) -> [Element]? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while waiting.isEmpty {
            guard !isClosed else { return nil }
            sleepers += 1
            pthread_cond_wait(arrived, mutex)
            sleepers -= 1
        }
        if patience > 0 { gather(min(expected, most), patience) }
        if waiting.count <= most {
            defer { waiting = [] }
            return waiting
        }
        let batch = Array(waiting.prefix(most))
        waiting.removeFirst(most)
        return batch
    }

    private func gather(_ expected: Int, _ patience: UInt64) {
        let end = ShortWait.end(of: patience)
        wanted = expected
        while waiting.count < expected && !isClosed {
            sleepers += 1
            let isOver = !ShortWait.wait(arrived, mutex, until: end)
            sleepers -= 1
            if isOver { break }
        }
        wanted = 1
    }

    /// Takes no more elements; those that wait are still handed out.
    func close() {
        pthread_mutex_lock(mutex)
        isClosed = true
        pthread_cond_broadcast(arrived)
        pthread_mutex_unlock(mutex)
    }
}
