import Bytes

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
        // Where nobody reads, nobody can be told.
        _ = Descriptor.writeAll(Array(text.utf8), to: descriptor)
    }
}
