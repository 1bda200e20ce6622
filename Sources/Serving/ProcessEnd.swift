#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

enum ProcessEnd {
    /// Ends the process without another word: the operator asked twice. What was acknowledged is on disk.
    static func now() -> Never { _exit(130) }
}
