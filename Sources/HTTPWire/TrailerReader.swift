/// Checks trailer fields (RFC 9112 section 7.1.2) as strictly as header fields, and forgets them.
struct TrailerReader: Equatable {
    private enum Place: Equatable {
        case lineStart
        case name
        case value
        case lineFeed
        case endLineFeed
    }

    private var place = Place.lineStart
    private var name: [UInt8] = []
    private var count = 0

    /// Fields that would frame or route the message anew (RFC 9110 section 6.5.1).
    private static let forbidden = ["content-length", "transfer-encoding", "host"].map { Array($0.utf8) }

    /// Takes one byte; whether it was the last of the trailers.
    mutating func accept(_ byte: UInt8, _ limits: borrowing HTTPLimits) throws(HTTPError) -> Bool {
        switch (place, byte) {
        case (.lineStart, .carriageReturn):
            place = .endLineFeed
            return false
        case (.endLineFeed, .lineFeed): return true
        case (.endLineFeed, _): throw .malformedTrailer
        default: break
        }
        count += 1
        if count > limits.trailers { throw .trailersTooLarge }
        switch (place, byte) {
        case (.lineStart, _) where byte.isToken, (.name, _) where byte.isToken:
            place = .name
            name.append(byte.lowercased)
        case (.name, .colon) where !Self.forbidden.contains(name):
            place = .value
            name = []
        case (.value, .carriageReturn): place = .lineFeed
        case (.value, _) where byte.isFieldContent: break
        case (.lineFeed, .lineFeed): place = .lineStart
        default: throw .malformedTrailer
        }
        return false
    }
}
