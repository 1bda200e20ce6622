#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Lets others have the processor, on a thread that may block.
func usleepBriefly(_ milliseconds: UInt32 = 2) { usleep(milliseconds * 1000) }

extension String {
    func components(by separator: String) -> [String] { split(separator: separator).map(String.init) }
}
