import Bytes

/// A content coding of HTTP (RFC 9110 section 8.4.1).
public enum ContentCoding: String, Sendable, CaseIterable {
    case gzip
    /// The zlib format (RFC 1950), in spite of its name.
    case deflate

    private var format: CompressedFormat { self == .gzip ? .gzip : .zlib }

    /// The coded form of `bytes`; fails only for want of memory (then send the content as it is).
    public func compress(_ bytes: RawSpan, level: Int = 6) throws(DeflateError) -> [UInt8] {
        var output: [UInt8] = []
        output.reserveCapacity(bytes.byteCount / 2 + 64)
        let deflater = Deflater(format: format, level: level)
        try deflater.deflate(bytes, flush: .finish, into: &output)
        return output
    }

    /// The content that `bytes` is the coded form of, if it has at most `limit` bytes.
    public func decompress(_ bytes: RawSpan, limit: Int) throws(DeflateError) -> [UInt8] {
        var output: [UInt8] = []
        let inflater = Inflater(format: format)
        try inflater.inflate(bytes, into: &output, limit: limit)
        guard inflater.isFinished else { throw .truncated }
        return output
    }
}

/// The gzip file format (RFC 1952).
public enum Gzip {
    /// A gzip member that holds `bytes`.
    public static func compress(_ bytes: [UInt8], level: Int = 6) throws(DeflateError) -> [UInt8] {
        try ContentCoding.gzip.compress(bytes.span.bytes, level: level)
    }

    /// What the gzip member `bytes` holds, if that is at most `limit` bytes.
    public static func decompress(_ bytes: [UInt8], limit: Int) throws(DeflateError) -> [UInt8] {
        try ContentCoding.gzip.decompress(bytes.span.bytes, limit: limit)
    }
}
