import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Unpredictable bytes from the system, fit for secrets.
public struct SystemRandom: RandomSource {
    private static let pool = RandomPool { target in
        // The system gives at most 256 bytes at a time.
        for start in stride(from: 0, to: target.count, by: 256) {
            let part = UnsafeMutableRawBufferPointer(rebasing: target[start..<min(start + 256, target.count)])
            precondition(getentropy(part.baseAddress!, part.count) == 0, "the system has no source of random numbers")
        }
    }

    public init() {}

    public func bytes(_ count: Int) -> [UInt8] { Self.pool.bytes(count) }
}

/// Random bytes drawn ahead in blocks, since a call of the system costs more than the few bytes of an id are worth.
///
/// No byte is handed out twice; what was handed out is wiped from the block at once.
public final class RandomPool: Sendable {
    private struct Block {
        var bytes = [UInt8](repeating: 0, count: size)
        var position = size
    }

    private static let size = 4096
    /// Larger requests are drawn as they come.
    private static let largestShare = 64

    private let block = Locked(Block())
    private let draw: @Sendable (UnsafeMutableRawBufferPointer) -> Void

    /// - Parameter draw: fills the whole buffer with unpredictable bytes.
    public init(drawing draw: @escaping @Sendable (UnsafeMutableRawBufferPointer) -> Void) { self.draw = draw }

    public func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            fill(UnsafeMutableRawBufferPointer(target))
            filled = count
        }
    }

    public func fill(_ target: UnsafeMutableRawBufferPointer) {
        guard target.count > 0 else { return }
        guard target.count <= Self.largestShare else { return draw(target) }
        block.withLock { block in
            if Self.size - block.position < target.count {
                block.bytes.withUnsafeMutableBytes { draw($0) }
                block.position = 0
            }
            let share = block.position..<block.position + target.count
            block.bytes.withUnsafeMutableBytes { bytes in
                let share = UnsafeMutableRawBufferPointer(rebasing: bytes[share])
                target.copyMemory(from: UnsafeRawBufferPointer(share))
                share.initializeMemory(as: UInt8.self, repeating: 0)
            }
            block.position = share.upperBound
        }
    }
}
