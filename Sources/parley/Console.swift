#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// What the program says to whoever started it.
enum Console {
    /// Standard output, as it is and at once.
    static func write(_ text: String) {
        emit(text, to: STDOUT_FILENO)
    }

    /// Standard error, as one line.
    static func complain(_ sentence: String) {
        emit(sentence + "\n", to: STDERR_FILENO)
    }

    /// Without control characters, cut where it is long.
    static func clean(_ text: String) -> String {
        let scalars = text.unicodeScalars.prefix(100).map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : Character(scalar)
        }
        return String(scalars)
    }

    private static func emit(_ text: String, to descriptor: Int32) {
        var bytes = Array(text.utf8)[...]
        while !bytes.isEmpty {
            let count = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
            if count > 0 {
                bytes = bytes.dropFirst(count)
            } else if errno != EINTR {
                return
            }
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    #if canImport(Darwin)
    Darwin.write(descriptor, bytes, count)
    #else
    Glibc.write(descriptor, bytes, count)
    #endif
}
