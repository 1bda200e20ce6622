import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Keeps a second server away from the database; the system lets go of the lock when the process ends.
final class FileLock: Sendable {
    private let descriptor: Locked<Int32?>

    /// Locks the file `path` with `.lock` behind it, and makes the database file so that only its owner may read it.
    ///
    /// - Parameter patience: milliseconds to wait for somebody who holds the lock for a moment, as `parley keys` does.
    init(path: String, patience: Int = 0) throws(StorageError) {
        let flags = O_RDWR | O_CREAT | O_CLOEXEC
        let file = unsafe open(path + ".lock", flags, 0o600)
        guard file >= 0 else { throw .notWritable(path: path) }
        var left = patience
        while flock(file, LOCK_EX | LOCK_NB) != 0 {
            guard left > 0 else {
                close(file)
                throw .inUse(path: path)
            }
            usleep(20_000)
            left -= 20
        }
        descriptor = Locked(file)
        let database = unsafe open(path, flags, 0o600)
        guard database >= 0 else { throw .notWritable(path: path) }
        // Not of a file that other locks are held on: closing it would let go of them.
        close(database)
    }

    deinit { release() }

    func release() {
        descriptor.withLock { descriptor in
            if let file = descriptor { close(file) }
            descriptor = nil
        }
    }
}
