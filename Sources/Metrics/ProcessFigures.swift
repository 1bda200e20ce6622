import Bytes

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the system knows of this process. Reads `/proc`, where there is one, for a part of it.
public struct ProcessFigures: Sendable {
    /// User and system time so far, in seconds.
    public let cpuSeconds: Double
    /// Memory in use, in bytes; `nil` where the system does not say.
    public let residentBytes: Int?
    /// Descriptors that are open; `nil` where the system does not say.
    public let openDescriptors: Int?
    /// How many there may be.
    public let mostDescriptors: Int

    /// Asks the system; for a thread that may wait for it.
    public init() {
        var usage = rusage()
        #if canImport(Glibc)
        unsafe getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
        #else
        unsafe getrusage(RUSAGE_SELF, &usage)
        #endif
        cpuSeconds = Self.seconds(usage.ru_utime) + Self.seconds(usage.ru_stime)
        residentBytes = Self.residentBytes
        openDescriptors = Self.entries(of: "/proc/self/fd")
        mostDescriptors = Self.descriptorLimit
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1_000_000 }

    /// proc(5): the second number of `statm` is the resident pages.
    private static var residentBytes: Int? {
        let file = unsafe open("/proc/self/statm", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        let words = Descriptor.readAll(file, atMost: 256).map { String(decoding: $0, as: UTF8.self) }?.split(
            separator: " ")
        guard let words, words.count > 1, let pages = Int(words[1]) else { return nil }
        return pages * Int(sysconf(Int32(_SC_PAGESIZE)))
    }

    private static func entries(of path: String) -> Int? {
        guard let folder = unsafe opendir(path) else { return nil }
        defer { unsafe closedir(folder) }
        var count = 0
        while unsafe readdir(folder) != nil { count += 1 }
        // Without `.`, `..` and the one that reads.
        return max(0, count - 3)
    }

    private static var descriptorLimit: Int {
        var limit = rlimit()
        #if canImport(Glibc)
        guard unsafe getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 0 }
        #else
        guard unsafe getrlimit(RLIMIT_NOFILE, &limit) == 0 else { return 0 }
        #endif
        return Int(clamping: limit.rlim_cur)
    }
}
