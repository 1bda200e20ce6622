#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The two clocks that logging reads, injected so that tests need no waiting.
public struct LogClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var epochMilliseconds: @Sendable () -> Int64
    /// Milliseconds that never go back.
    public var uptimeMilliseconds: @Sendable () -> Int64

    public init(
        epochMilliseconds: @escaping @Sendable () -> Int64, uptimeMilliseconds: @escaping @Sendable () -> Int64
    ) {
        self.epochMilliseconds = epochMilliseconds
        self.uptimeMilliseconds = uptimeMilliseconds
    }

    /// The clocks of the machine.
    public static let system = LogClock(
        epochMilliseconds: { milliseconds(of: CLOCK_REALTIME) },
        uptimeMilliseconds: { milliseconds(of: CLOCK_MONOTONIC) })

    private static func milliseconds(of clock: clockid_t) -> Int64 {
        var time = timespec()
        unsafe clock_gettime(clock, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }
}
