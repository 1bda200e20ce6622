internal import Bytes

/// Contexts of the library that are keyed once and used by one thread at a time.
///
/// As many are made as threads were ever at work at once. Sendable because a context is in the pool, behind the lock, or
/// with the one thread that took it.
final class ContextPool<Context>: @unchecked Sendable {
    private let idle: Locked<[Context]>
    private let make: () throws(CryptographyError) -> Context

    /// Makes the first context at once, so that a failure shows itself at the start.
    init(_ make: @escaping @Sendable () throws(CryptographyError) -> Context) throws(CryptographyError) {
        self.make = make
        idle = Locked([])
        give(try make())
    }

    func take() throws(CryptographyError) -> Context {
        if let context = idle.withLock({ $0.popLast() }) { return context }
        return try make()
    }

    func give(_ context: Context) {
        idle.withLock { $0.append(context) }
    }
}
