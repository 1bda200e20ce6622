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

/// Bytes that look random and are the same in every run (SplitMix64).
public final class SeededRandom: RandomSource {
    private let state: Locked<UInt64>

    public init(seed: UInt64 = 1) { state = Locked(seed) }

    public func bytes(_ count: Int) -> [UInt8] {
        state.withLock { state in
            var out: [UInt8] = []
            out.reserveCapacity(count)
            while out.count < count {
                var word = Self.next(&state)
                for _ in 0..<min(8, count - out.count) {
                    out.append(UInt8(truncatingIfNeeded: word))
                    word >>= 8
                }
            }
            return out
        }
    }

    private static func next(_ state: inout UInt64) -> UInt64 {
        state &+= 0x9e37_79b9_7f4a_7c15
        var z = state
        z = (z ^ z >> 30) &* 0xbf58_476d_1ce4_e5b9
        z = (z ^ z >> 27) &* 0x94d0_49bb_1331_11eb
        return z ^ z >> 31
    }
}
