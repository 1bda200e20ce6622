#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// How much tests do, and how long they wait.
public enum TestSize {
    /// Whether the long tests are wanted too (`PARLEY_LARGE_TESTS=1`).
    public static let isLarge = unsafe getenv("PARLEY_LARGE_TESTS") != nil

    /// Whether a sanitizer watches (`PARLEY_SANITIZED=1`): everything takes many times as long.
    public static let isSanitized = unsafe getenv("PARLEY_SANITIZED") != nil

    /// No step of a test takes this long, however busy the machine.
    public static let patience: Duration = .seconds(isSanitized ? 480 : 120)

    /// How many of something a test takes.
    public static func count(_ usual: Int, sanitized: Int) -> Int { isSanitized ? sanitized : usual }
}
