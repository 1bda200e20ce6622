import EventLoops
import ParleyTesting

extension ManualClock {
    convenience init(seconds: Int64) { self.init(epochMilliseconds: seconds * 1000) }

    func set(seconds: Int64) { set(epochMilliseconds: seconds * 1000) }
}

/// Gives 0, 1, 2 … for every request.
struct CountingRandom: RandomSource {
    func bytes(_ count: Int) -> [UInt8] { (0..<count).map { UInt8(truncatingIfNeeded: $0) } }
}
