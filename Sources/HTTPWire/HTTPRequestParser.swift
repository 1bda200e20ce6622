import Bytes

/// Reads requests from a connection's bytes, strictly (RFC 9112), one event at a call.
///
/// The caller lends what it has read and a position in it; the parser moves the position behind what it took. A head
/// that is not complete is kept inside, so that the caller keeps bytes only when it stops in the middle, for instance to
/// answer one request before it looks at the next of a pipeline. After `head` of an upgrade that is accepted, the bytes
/// from the position on belong to the other protocol.
///
///     var position = 0
///     while true {
///         switch try parser.next(bytes, at: &position) {
///         case .needMore: return
///         case .head(let head): …
///         case .body(let range): body.append(contentsOf: bytes.extracting(range))
///         case .end: …
///         }
///     }
public struct HTTPRequestParser: ~Copyable {
    public enum Event: Sendable {
        /// All bytes are taken and no event is complete.
        case needMore
        case head(HTTPRequestHead)
        /// The next bytes of the content: a range of the lent bytes.
        case body(Range<Int>)
        /// The message is over. The next call begins another.
        case end
    }

    private enum State {
        case head
        case body(remaining: Int)
        case chunked(ChunkedDecoder)
        case complete
        case failed(HTTPError)
    }

    private var limits: HTTPLimits
    /// What `limitBody` may lower for one message.
    private let bodyLimit: Int
    private var state = State.head
    private var scanner = HeadScanner()
    private var partial: [UInt8] = []

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        bodyLimit = limits.body
    }

    /// Lowers the limit on the content of the message whose head was the last event, so that a chunk beyond it is refused
    /// when its size is known.
    public mutating func limitBody(to count: Int) { limits.body = min(count, bodyLimit) }

    /// Whether no byte of a message has come since the last one was over.
    public var isIdle: Bool {
        if case .head = state { scanner.isIdle } else { false }
    }

    /// The next event in `bytes` from `position` on. After an error every further call throws the same.
    public mutating func next(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        do throws(HTTPError) {
            return try step(bytes, at: &position)
        } catch {
            state = .failed(error)
            partial = []
            throw error
        }
    }

    private mutating func step(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        switch state {
        case .head: return try readHead(bytes, at: &position)
        case .body(let remaining):
            let count = min(remaining, bytes.byteCount - position)
            guard count > 0 else { return .needMore }
            state = count == remaining ? .complete : .body(remaining: remaining - count)
            position += count
            return .body(position - count..<position)
        case .chunked(var decoder):
            let event = try decoder.next(bytes, at: &position, limits: limits)
            state = .chunked(decoder)
            switch event {
            case .needMore: return .needMore
            case .data(let range): return .body(range)
            case .end:
                state = .head
                return .end
            }
        case .complete:
            state = .head
            return .end
        case .failed(let error): throw error
        }
    }

    private mutating func readHead(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        let start = position
        guard let end = try scanner.scan(bytes, from: start, limits: limits) else {
            position = bytes.byteCount
            partial.append(contentsOf: bytes.extracting(start..<position))
            return .needMore
        }
        position = end
        var raw: [UInt8] = []
        swap(&raw, &partial)
        raw.append(contentsOf: bytes.extracting(start..<end))
        let lineStart = scanner.start
        scanner = HeadScanner()
        limits.body = bodyLimit
        let head = try HTTPRequestHead(parsing: raw, from: lineStart, limits: limits)
        switch head.body {
        case .length(let count): state = .body(remaining: count)
        case .chunked: state = .chunked(ChunkedDecoder())
        case .none, .untilClose: state = .complete
        }
        return .head(head)
    }
}
