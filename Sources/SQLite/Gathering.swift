/// How long the writer waits for more jobs before it commits.
///
/// It expects those callers again that it has just let go on, and those that waited in the meantime. One caller alone is
/// never kept waiting.
struct Gathering {
    /// The longest wait, in nanoseconds.
    private static let longest: UInt64 = 2_000_000

    private(set) var expected = 1
    private(set) var patience: UInt64 = 0

    /// - Parameters:
    ///   - count: the jobs of the batch.
    ///   - waiting: the jobs that came while it was committed.
    ///   - duration: nanoseconds that the commit took.
    mutating func note(_ count: Int, waiting: Int, took duration: UInt64) {
        let callers = count + waiting
        // Some may have gone for good: most of them are enough.
        expected = callers - callers / 8
        patience = callers > 1 ? min(duration / 4, Self.longest) : 0
    }
}
