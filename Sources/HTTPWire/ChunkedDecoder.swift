import Bytes

/// Reads the chunked transfer coding (RFC 9112 section 7.1) byte by byte; keeps no bytes.
struct ChunkedDecoder {
    private enum State {
        case size(digits: Int)
        case chunkExtension
        case sizeLineFeed
        case data
        case dataCarriageReturn
        case dataLineFeed
        case trailerStart
        case trailerName
        case trailerValue
        case trailerLineFeed
        case endLineFeed
    }

    enum Event {
        case needMore
        /// The next bytes of the content are here.
        case data(Range<Int>)
        case end
    }

    private var state = State.size(digits: 0)
    /// The size being read, then what is left of the chunk.
    private var remaining = 0
    private var total = 0
    private var extensionBytes = 0
    private var trailerBytes = 0

    /// Reads on from `position`, which moves behind what was read.
    mutating func next(
        _ bytes: RawSpan, at position: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> Event {
        while position < bytes.byteCount {
            if case .data = state {
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
        case (.size(let digits), .semicolon) where digits > 0: try endSize(limits, next: .chunkExtension)
        case (.size(let digits), _): try readSize(byte, digits)
        case (.chunkExtension, .carriageReturn): state = .sizeLineFeed
        case (.chunkExtension, _):
            guard byte.isFieldContent else { throw .invalidChunkSize }
            extensionBytes += 1
            if extensionBytes > limits.chunkExtensions { throw .chunkExtensionsTooLong }
        case (.sizeLineFeed, .lineFeed): state = remaining > 0 ? .data : .trailerStart
        case (.dataCarriageReturn, .carriageReturn): state = .dataLineFeed
        case (.dataLineFeed, .lineFeed): state = .size(digits: 0)
        case (.endLineFeed, .lineFeed): return true
        case (.trailerStart, .carriageReturn): state = .endLineFeed
        case (.trailerStart, _), (.trailerName, _), (.trailerValue, _), (.trailerLineFeed, _):
            try readTrailer(byte, limits)
        case (.endLineFeed, _): throw .malformedTrailer
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

    /// Checks a trailer field as strictly as a header field, and forgets it.
    private mutating func readTrailer(_ byte: UInt8, _ limits: borrowing HTTPLimits) throws(HTTPError) {
        trailerBytes += 1
        if trailerBytes > limits.trailers { throw .trailersTooLarge }
        switch (state, byte) {
        case (.trailerStart, _) where byte.isToken, (.trailerName, _) where byte.isToken: state = .trailerName
        case (.trailerName, .colon): state = .trailerValue
        case (.trailerValue, .carriageReturn): state = .trailerLineFeed
        case (.trailerValue, _) where byte.isFieldContent: break
        case (.trailerLineFeed, .lineFeed): state = .trailerStart
        default: throw .malformedTrailer
        }
    }
}
