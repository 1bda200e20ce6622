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
    /// What has been read.
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
        case body(HTTPBodyReader)
        case failed(HTTPError)
    }

    private var limits: HTTPLimits
    /// What `limitBody` may lower for one message.
    private let bodyLimit: Int
    private var state = State.head
    private var headReader = HeadReader()

    /// A parser at the start of a connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
        bodyLimit = limits.body
    }

    /// Lowers the limit on the content of the message whose head was the last event, so that a chunk beyond it is refused
    /// when its size is known.
    public mutating func limitBody(to count: Int) { limits.body = min(count, bodyLimit) }

    /// Whether no byte of a message has come since the last one was over.
    public var isIdle: Bool {
        if case .head = state { headReader.isIdle } else { false }
    }

    /// The next event in `bytes` from `position` on. After an error every further call throws the same.
    public mutating func next(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        do throws(HTTPError) {
            return try step(bytes, at: &position)
        } catch {
            state = .failed(error)
            headReader = HeadReader()
            throw error
        }
    }

    private mutating func step(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        switch state {
        case .head: return try readHead(bytes, at: &position)
        case .body(var reader):
            let event = try reader.next(bytes, at: &position, limits: limits)
            state = .body(reader)
            switch event {
            case .needMore: return .needMore
            case .data(let range): return .body(range)
            case .end:
                state = .head
                return .end
            }
        case .failed(let error): throw error
        }
    }

    private mutating func readHead(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        guard let (raw, start) = try headReader.next(bytes, at: &position, limits: limits) else { return .needMore }
        limits.body = bodyLimit
        let head = try HTTPRequestHead(parsing: raw, from: start, limits: limits)
        state = .body(HTTPBodyReader(head.body))
        return .head(head)
    }
}
