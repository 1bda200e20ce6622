import Bytes

/// Reads the content of one message, as its framing delimits it (RFC 9112 section 6); keeps no bytes of it.
enum HTTPBodyReader {
    case length(remaining: Int)
    case chunked(ChunkedDecoder)
    case untilClose(count: Int)

    enum Event {
        case needMore
        /// The next bytes of the content are here.
        case data(Range<Int>)
        case end
    }

    init(_ framing: HTTPBodyFraming) {
        self =
            switch framing {
            case .none: .length(remaining: 0)
            case .length(let count): .length(remaining: count)
            case .chunked: .chunked(ChunkedDecoder())
            case .untilClose: .untilClose(count: 0)
            }
    }

    /// Whether the message is whole when the stream ends here.
    var mayEnd: Bool {
        switch self {
        case .length(let remaining): remaining == 0
        case .chunked: false
        case .untilClose: true
        }
    }

    /// Reads on from `position`, which moves behind what was read.
    mutating func next(
        _ bytes: RawSpan, at position: inout Int, limits: borrowing HTTPLimits
    ) throws(HTTPError) -> Event {
        switch self {
        case .length(0): return .end
        case .length(let remaining):
            let range = position..<position + min(remaining, bytes.byteCount - position)
            guard !range.isEmpty else { return .needMore }
            self = .length(remaining: remaining - range.count)
            position = range.upperBound
            return .data(range)
        case .chunked(var decoder):
            let event = try decoder.next(bytes, at: &position, limits: limits)
            self = .chunked(decoder)
            return event
        case .untilClose(let count):
            guard position < bytes.byteCount else { return .needMore }
            // What is within the limit is given, in however many pieces it comes.
            let room = limits.body - count
            guard room > 0 else { throw .bodyTooLarge }
            let range = position..<position + min(room, bytes.byteCount - position)
            self = .untilClose(count: count + range.count)
            position = range.upperBound
            return .data(range)
        }
    }
}
