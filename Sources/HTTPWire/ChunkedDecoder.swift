import Bytes

/// Reads the chunked transfer coding (RFC 9112 section 7.1) byte by byte; keeps no bytes of it.
struct ChunkedDecoder {
    private enum State: Equatable {
        case size(digits: Int)
        case chunkExtension(ChunkExtension)
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailers(TrailerReader)
    }

    private var state = State.size(digits: 0)
    /// The size being read, then what is left of the chunk.
    private var remaining = 0
    private var total = 0
    private var extensionBytes = 0

    /// Reads on from `position`, which moves behind what was read.
    mutating func next(
        _ bytes: RawSpan, at position: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> HTTPBodyReader.Event {
        while position < bytes.byteCount {
            if state == .data {
                let count = min(remaining, bytes.byteCount - position)
                let range = position..<position + count
                position += count
                remaining -= count
                if remaining == 0 { state = .dataCarriageReturn }
                return .data(range)
            }
            let byte = bytes.byte(at: position)
            position += 1
            if try accept(byte, limits) { return .end }
        }
        return .needMore
    }

    /// Takes one byte that is not content; whether it was the last of the message.
    private mutating func accept(_ byte: UInt8, _ limits: borrowing HTTPLimits) throws(HTTPError) -> Bool {
        switch (state, byte) {
        case (.size(let digits), .carriageReturn) where digits > 0: try endSize(limits, next: .sizeLineFeed)
        case (.size(let digits), .semicolon) where digits > 0: try endSize(limits, next: .chunkExtension(.start))
        case (.size(let digits), _): try readSize(byte, digits)
        case (.chunkExtension(let place), .carriageReturn) where place.mayEnd: state = .sizeLineFeed
        case (.chunkExtension(let place), _):
            extensionBytes += 1
            if extensionBytes > limits.chunkExtensions { throw .chunkExtensionsTooLong }
            state = .chunkExtension(try place.after(byte))
        case (.sizeLineFeed, .lineFeed): state = remaining > 0 ? .data : .trailers(TrailerReader())
        case (.dataCarriageReturn, .carriageReturn): state = .dataLineFeed
        case (.dataLineFeed, .lineFeed): state = .size(digits: 0)
        case (.trailers(var reader), _):
            let isEnd = try reader.accept(byte, limits)
            state = .trailers(reader)
            return isEnd
        default: throw .malformedChunk
        }
        return false
    }

    private mutating func readSize(_ byte: UInt8, _ digits: Int) throws(HTTPError) {
        // Sixteen digits and no overflow; a size beyond the body's limit is refused at the end of its line.
        guard let digit = Hex.value(of: byte), digits < 16, remaining <= Int.max >> 4 else { throw .invalidChunkSize }
        remaining = remaining << 4 | Int(digit)
        state = .size(digits: digits + 1)
    }

    private mutating func endSize(_ limits: borrowing HTTPLimits, next: State) throws(HTTPError) {
        guard remaining <= limits.body - total else { throw .bodyTooLarge }
        total += remaining
        state = next
    }
}

/// A place in `;name`, `;name=value` or `;name="value"` (RFC 9112 section 7.1.1), without the blanks that only old senders
/// put there. Extensions mean nothing here, but two readers must not disagree on where they end.
enum ChunkExtension: Equatable {
    case start
    case name
    case valueStart
    case value
    case quoted
    case escaped
    case quoteEnd

    var mayEnd: Bool { self == .name || self == .value || self == .quoteEnd }

    func after(_ byte: UInt8) throws(HTTPError) -> ChunkExtension {
        switch (self, byte) {
        case (.start, _) where byte.isToken, (.name, _) where byte.isToken: .name
        case (.name, .equals): .valueStart
        case (.valueStart, _) where byte.isToken, (.value, _) where byte.isToken: .value
        case (.valueStart, .quote): .quoted
        case (.name, .semicolon), (.value, .semicolon), (.quoteEnd, .semicolon): .start
        case (.quoted, .quote): .quoteEnd
        case (.quoted, 0x5c): .escaped
        case (.quoted, _) where byte.isFieldContent, (.escaped, _) where byte.isFieldContent: .quoted
        default: throw .invalidChunkSize
        }
    }
}
