/// The wall clock, injected so that tests need no sleeping.
public protocol WallClock: Sendable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    var epochMilliseconds: Int64 { get }
}

/// Where ids and tokens come from, injected so that tests can repeat.
public protocol RandomSource: Sendable {
    /// `count` unpredictable bytes.
    func bytes(_ count: Int) -> [UInt8]
}
