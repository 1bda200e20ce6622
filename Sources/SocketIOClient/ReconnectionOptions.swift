/// When a lost connection is made again.
public struct ReconnectionOptions: Sendable {
    /// Whether it is; default `true`.
    public var isEnabled = true
    /// The wait before the first attempt, doubled for each further one; default 1 second.
    public var delay = Duration.seconds(1)
    /// The longest wait; default 5 seconds.
    public var maxDelay = Duration.seconds(5)
    /// By which part a wait is made longer or shorter at random, so that clients do not come back all at once; default
    /// 0.5.
    public var jitter = 0.5
    /// After how many attempts the client gives up; `nil`, the default, for never.
    public var maxAttempts: Int?
    /// How many events of a namespace wait for the connection; default 1,000. Further ones are dropped, and fail where they
    /// ask for an answer.
    public var maxBufferedEvents = 1_000

    /// The defaults.
    public init() {}

    /// The wait before an attempt.
    ///
    /// - Parameters:
    ///   - attempt: counted from 0.
    ///   - random: from 0 to 1.
    func wait(before attempt: Int, random: Double) -> Duration {
        var wait = delay
        for _ in 0..<min(attempt, 30) where wait < maxDelay { wait *= 2 }
        return min(wait, maxDelay) * (1 + min(max(jitter, 0), 1) * (2 * random - 1))
    }
}
