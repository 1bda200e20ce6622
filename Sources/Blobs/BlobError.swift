#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Why a file was not stored or not read.
public enum BlobError: Error, Equatable, Sendable {
    /// The disk, or the server's share of it, is full.
    case full
    case notFound
    /// As much work waits as may wait.
    case busy
    /// The writer has ended, or has failed before.
    case ended
    /// The system refused; the code is that of `errno`.
    case system(operation: String, code: Int32)
    /// The file is not what was stored.
    case damaged

    init(_ operation: String, code: Int32) {
        switch code {
        // A limit on the size of files is a share of the disk, too.
        case ENOSPC, EDQUOT, EFBIG: self = .full
        case ENOENT: self = .notFound
        default: self = .system(operation: operation, code: code)
        }
    }
}

extension BlobError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .full: "The server's disk is full: delete files or ask its operator for room."
        case .notFound: "The file is not there any more."
        case .busy: "Too much work waits on the server; try again in a moment."
        case .ended: "The file was written to its end or was given up: begin anew."
        case .system(let operation, let code):
            "The system refused \(operation) (\(String(cString: strerror(code)))); check the folder of files and its disk."
        case .damaged: "The stored file was damaged; restore it from a backup."
        }
    }
}
