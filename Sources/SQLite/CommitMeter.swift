public import Metrics

/// What a writer's commits cost. The writer's thread adds, any thread reads.
public final class CommitMeter: Sendable {
    /// How many writes shared a commit.
    public let batches = Histogram(bounds: [1, 2, 5, 10, 20, 50, 100, 200, 500, 1_000])
    /// How long a transaction took, from its first write until it was on the disk; microseconds, shown as seconds.
    public let durations = Histogram(
        bounds: [100, 250, 500, 1_000, 2_500, 5_000, 10_000, 25_000, 50_000, 100_000, 250_000, 1_000_000, 5_000_000],
        scale: 1_000_000)
    /// Transactions that were undone.
    public let failures = Counter()

    public init() {}

    func note(_ writes: Int, took nanoseconds: UInt64, hasFailed: Bool) {
        guard writes > 0 else { return }
        if hasFailed { return failures.add() }
        batches.observe(writes)
        durations.observe(Int(clamping: nanoseconds / 1_000))
    }
}
