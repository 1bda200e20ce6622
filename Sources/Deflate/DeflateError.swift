/// Why compressed bytes were refused.
public enum DeflateError: Error, Equatable, Sendable {
    /// The bytes are no DEFLATE data (RFC 1951), or their wrapper (RFC 1950, RFC 1952) is damaged.
    case damaged
    /// The data ends before its last block does.
    case truncated
    /// The output would pass the limit (in bytes).
    case limitExceeded(limit: Int)
    /// zlib could not get memory.
    case outOfMemory
}

extension DeflateError: CustomStringConvertible {
    /// One sentence for the sender of the bytes.
    public var description: String {
        switch self {
        case .damaged: "The compressed data is damaged; send it again."
        case .truncated: "The compressed data ends too early; send it again."
        case .limitExceeded(let limit): "The data is larger than \(limit) bytes once decompressed; send less."
        case .outOfMemory: "There is no memory to handle compressed data; try again later."
        }
    }
}
