import Bytes
public import EventLoops

/// A wall clock that stands still until a test moves it.
public final class ManualClock: WallClock {
    private let time: Locked<Int64>

    /// - Parameter epochMilliseconds: the time it shows at first; default 2024-01-01T00:00:00Z.
    public init(epochMilliseconds: Int64 = 1_704_067_200_000) {
        time = Locked(epochMilliseconds)
    }

    public var epochMilliseconds: Int64 { time.withLock { $0 } }

    /// Moves the clock, backwards too.
    public func advance(by duration: Duration) {
        let (seconds, attoseconds) = duration.components
        time.withLock { $0 += seconds * 1000 + attoseconds / 1_000_000_000_000_000 }
    }

    public func set(epochMilliseconds: Int64) {
        time.withLock { $0 = epochMilliseconds }
    }
}
