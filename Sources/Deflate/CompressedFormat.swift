/// How DEFLATE data (RFC 1951) is wrapped.
public enum CompressedFormat: Sendable, Equatable {
    /// No wrapper; the window is 2 to the power of `windowBits` bytes (9 to 15; an inflater also takes 8).
    case raw(windowBits: Int)
    /// RFC 1950: what HTTP calls `deflate`.
    case zlib
    /// RFC 1952.
    case gzip

    /// What zlib's `windowBits` argument means: negative for raw, 16 more for gzip.
    var zlibWindowBits: Int32 {
        switch self {
        case .raw(let windowBits): -Int32(clamping: windowBits)
        case .zlib: 15
        case .gzip: 15 + 16
        }
    }
}
