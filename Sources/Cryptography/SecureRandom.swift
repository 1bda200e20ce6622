internal import CSodium
public import EventLoops

/// The system's cryptographic random source, by way of libsodium.
public struct SecureRandom: RandomSource {
    private static let pool = RandomPool { Sodium.draw($0) }

    /// The one source of the process; stops the program where the system has none.
    public init() { Sodium.start() }

    /// `count` unpredictable bytes, none of which is ever handed out twice.
    public func bytes(_ count: Int) -> [UInt8] { Self.pool.bytes(count) }

    func fill(_ target: UnsafeMutableRawBufferPointer) { Self.pool.fill(target) }
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
