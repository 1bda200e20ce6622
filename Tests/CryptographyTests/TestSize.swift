#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Whether the long tests are wanted too (`PARLEY_LARGE_TESTS=1`).
enum TestSize {
    static let isLarge = getenv("PARLEY_LARGE_TESTS") != nil
}
