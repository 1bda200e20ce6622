#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Blocking reads and writes of a file descriptor that somebody else opens and closes. Signals interrupt none of them.
public enum Descriptor {
    /// Reads into `buffer` what comes next: how much, 0 at the end, less where it fails.
    public static func read(_ descriptor: Int32, into buffer: inout [UInt8]) -> Int {
        buffer.withUnsafeMutableBytes { bytes in
            while true {
                #if canImport(Glibc)
                let count = Glibc.read(descriptor, bytes.baseAddress, bytes.count)
                #else
                let count = Darwin.read(descriptor, bytes.baseAddress, bytes.count)
                #endif
                if count >= 0 || errno != EINTR { return count }
            }
        }
    }

    /// All bytes up to the end, or the first `most` of them; `nil` where reading fails.
    public static func readAll(_ descriptor: Int32, atMost most: Int) -> [UInt8]? {
        var bytes: [UInt8] = []
        var piece = [UInt8](repeating: 0, count: min(most, 65_536))
        while bytes.count < most {
            let count = read(descriptor, into: &piece)
            guard count >= 0 else { return nil }
            if count == 0 { break }
            bytes.append(contentsOf: piece[..<min(count, most - bytes.count)])
        }
        return bytes
    }

    /// Writes all of `bytes`, also where somebody else has made the descriptor non-blocking; `false` where it fails.
    public static func writeAll(_ bytes: [UInt8], to descriptor: Int32) -> Bool {
        bytes.withUnsafeBytes { bytes in
            var done = 0
            while done < bytes.count {
                let rest = UnsafeRawBufferPointer(rebasing: bytes[done...])
                #if canImport(Glibc)
                let count = Glibc.write(descriptor, rest.baseAddress, rest.count)
                #else
                let count = Darwin.write(descriptor, rest.baseAddress, rest.count)
                #endif
                if count > 0 {
                    done += count
                } else if errno == EAGAIN {
                    waitForRoom(descriptor)
                } else if errno != EINTR {
                    return false
                }
            }
            return true
        }
    }

    private static func waitForRoom(_ descriptor: Int32) {
        var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
        poll(&request, 1, 1000)
    }
}
