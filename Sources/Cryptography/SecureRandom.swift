internal import Bytes
internal import CSodium
public import EventLoops

/// The system's cryptographic random source.
///
/// Small requests are served from a block that is drawn ahead, since one call of the system costs more than sixteen
/// bytes are worth; what was handed out is wiped from the block at once.
public struct SecureRandom: RandomSource {
    private static let block = Locked(RandomBlock())

    public init() { Sodium.start() }

    /// `count` unpredictable bytes, none of which is ever handed out twice.
    public func bytes(_ count: Int) -> [UInt8] {
        guard count > 0 else { return [] }
        return [UInt8](unsafeUninitializedCapacity: count) { target, filled in
            fill(UnsafeMutableRawBufferPointer(target))
            filled = count
        }
    }

    func fill(_ target: UnsafeMutableRawBufferPointer) {
        guard target.count <= RandomBlock.largestShare else {
            Sodium.draw(target)
            return
        }
        Self.block.withLock { $0.take(target) }
    }
}

/// Random bytes drawn ahead.
private struct RandomBlock {
    static let size = 4096
    static let largestShare = 64

    private var bytes = [UInt8](repeating: 0, count: size)
    private var position = size

    mutating func take(_ target: UnsafeMutableRawBufferPointer) {
        if bytes.count - position < target.count {
            bytes.withUnsafeMutableBytes { Sodium.draw($0) }
            position = 0
        }
        let end = position + target.count
        bytes.withUnsafeMutableBytes { block in
            let share = UnsafeMutableRawBufferPointer(rebasing: block[position..<end])
            target.copyMemory(from: UnsafeRawBufferPointer(share))
            share.initializeMemory(as: UInt8.self, repeating: 0)
        }
        position = end
    }
}

enum Sodium {
    private static let started: Bool = sodium_init() >= 0

    /// Must run before anything else of libsodium; costs nothing the second time.
    static func start() {
        precondition(started, "the system has no source of random numbers")
    }

    static func draw(_ target: UnsafeMutableRawBufferPointer) {
        guard let start = target.baseAddress else { return }
        randombytes_buf(start, target.count)
    }
}
