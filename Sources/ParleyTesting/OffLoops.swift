#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Runs `body`, which may block, on a thread of its own.
public func offLoops<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let result = await withCheckedContinuation { continuation in
        startThread { continuation.resume(returning: Swift.Result { try body() }) }
    }
    return try result.get()
}

/// A thread of its own, and not one of a pool, since many tests may block at a time.
private func startThread(_ body: @escaping @Sendable () -> Void) {
    let work = unsafe Unmanaged.passRetained(ThreadWork(body)).toOpaque()
    #if canImport(Glibc)
    var thread = pthread_t()
    #else
    var thread: pthread_t?
    #endif
    let code = unsafe pthread_create(
        &thread, nil,
        { work in
            #if canImport(Glibc)
            guard let work = unsafe work else { return nil }
            #endif
            unsafe Unmanaged<ThreadWork>.fromOpaque(work).takeRetainedValue().body()
            return nil
        }, work)
    precondition(code == 0, "a thread for the test")
    #if canImport(Glibc)
    pthread_detach(thread)
    #else
    if let thread { unsafe pthread_detach(thread) }
    #endif
}

private final class ThreadWork: Sendable {
    let body: @Sendable () -> Void

    init(_ body: @escaping @Sendable () -> Void) { self.body = body }
}
