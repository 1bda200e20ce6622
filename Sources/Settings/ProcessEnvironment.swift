#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The variables of this process.
public enum ProcessEnvironment {
    /// A copy of them, taken before other threads are started. Names and values that are not UTF-8 are repaired.
    public static func current() -> [String: String] {
        var variables: [String: String] = [:]
        var entry: UnsafeMutablePointer<UnsafeMutablePointer<CChar>?>? = unsafe environ
        while let text = unsafe entry?.pointee {
            let pair = unsafe String(cString: text)
            if let equals = pair.firstIndex(of: "=") {
                variables[String(pair[..<equals])] = String(pair[pair.index(after: equals)...])
            }
            unsafe entry = entry?.successor()
        }
        return variables
    }
}
