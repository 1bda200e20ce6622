import CUV

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The few names that differ between the systems.
enum Platform {
    #if canImport(Glibc)
    static let stream = Int32(SOCK_STREAM.rawValue)
    static let tcp = Int32(IPPROTO_TCP)
    static let ipv6 = Int32(IPPROTO_IPV6)
    #else
    static let stream = SOCK_STREAM
    static let tcp = IPPROTO_TCP
    static let ipv6 = IPPROTO_IPV6
    #endif

    /// A number for the calling thread that no other living thread has.
    @inline(__always)
    static var threadNumber: UInt {
        #if canImport(Glibc)
        UInt(pthread_self())
        #else
        UInt(bitPattern: pthread_self())
        #endif
    }

    /// Names the calling thread for debuggers; the system keeps 15 bytes.
    static func nameThread(_ name: String) { parley_name_thread(String(name.prefix(15))) }

    /// A write to a socket whose peer is gone, or beyond the largest size of a file, is an error, not the end of the process.
    static let ignoreBrokenPipes: Void = {
        signal(SIGPIPE, SIG_IGN)
        signal(SIGXFSZ, SIG_IGN)
    }()

    static func text(of error: Int32) -> String { String(cString: strerror(error)) }
}
