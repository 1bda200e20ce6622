import Bytes

/// Runs `body`, which may block, on a thread of its own, and not one of a pool, since many tests may block at a time.
public func offLoops<Result: Sendable>(_ body: @escaping @Sendable () throws -> Result) async throws -> Result {
    let result = await withCheckedContinuation { continuation in
        SystemThread.start { continuation.resume(returning: Swift.Result { try body() }) }
    }
    return try result.get()
}
