import Bytes

/// Reads responses, for a client: as `HTTPRequestParser`, with interim responses (1xx but 101) passed over.
public struct HTTPResponseParser: ~Copyable {
    /// What has been read.
    public enum Event: Sendable {
        /// All bytes are taken and no event is complete.
        case needMore
        case head(HTTPResponseHead)
        /// The next bytes of the content: a range of the lent bytes.
        case body(Range<Int>)
        /// The message is over.
        case end
    }

    private enum State {
        case head
        case body(HTTPBodyReader)
        case failed(HTTPError)
    }

    private let limits: HTTPLimits
    private var state = State.head
    private var headReader = HeadReader()
    /// Whether the next response answers HEAD and so has no content.
    public var answersHead = false

    /// A parser at the start of a connection.
    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
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

    /// The stream has ended: whether that ended a message, too. Inside a message it is an error.
    public mutating func streamEnded() throws(HTTPError) -> Bool {
        switch state {
        case .head where headReader.isIdle: return false
        case .body(let reader) where reader.mayEnd:
            state = .head
            return true
        case .failed(let error): throw error
        default: throw .truncatedMessage
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
        while let (raw, start) = try headReader.next(bytes, at: &position, limits: limits) {
            let head = try HTTPResponseHead(parsing: raw, from: start, limits: limits, answersHead: answersHead)
            if head.status.code < 200, head.status.code != 101 { continue }
            state = .body(HTTPBodyReader(head.body))
            return .head(head)
        }
        return .needMore
    }
}
