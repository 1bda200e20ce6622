import Bytes

/// The status line and the header fields of a response.
public struct HTTPResponseHead: Sendable {
    public let status: HTTPStatus
    public let minorVersion: Int
    public let headers: HTTPHeaders
    public let body: HTTPBodyFraming
    /// Whether the connection may carry another request after this response.
    public let keepAlive: Bool
}

/// Reads responses, for a client: as `HTTPRequestParser`, with interim responses (1xx but 101) passed over.
public struct HTTPResponseParser: ~Copyable {
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
        case body(remaining: Int)
        case chunked(ChunkedDecoder)
        case untilClose(count: Int)
        case complete
        case failed(HTTPError)
    }

    private let limits: HTTPLimits
    private var state = State.head
    private var scanner = HeadScanner()
    private var partial: [UInt8] = []
    /// Whether the next response answers HEAD and so has no content.
    public var answersHead = false

    public init(limits: HTTPLimits = HTTPLimits()) {
        self.limits = limits
    }

    /// The next event in `bytes` from `position` on. After an error every further call throws the same.
    public mutating func next(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        do throws(HTTPError) {
            return try step(bytes, at: &position)
        } catch {
            state = .failed(error)
            throw error
        }
    }

    /// The stream has ended: whether that ended a message, too. Inside a message it is an error.
    public mutating func streamEnded() throws(HTTPError) -> Bool {
        switch state {
        case .head where scanner.isIdle: return false
        case .untilClose, .complete:
            state = .head
            return true
        case .failed(let error): throw error
        default: throw .truncatedMessage
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
        case .untilClose(let before):
            let range = position..<bytes.byteCount
            guard !range.isEmpty else { return .needMore }
            guard range.count <= limits.body - before else { throw .bodyTooLarge }
            state = .untilClose(count: before + range.count)
            position = range.upperBound
            return .body(range)
        case .complete:
            state = .head
            return .end
        case .failed(let error): throw error
        }
    }

    private mutating func readHead(_ bytes: RawSpan, at position: inout Int) throws(HTTPError) -> Event {
        while true {
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
            let head = try HTTPResponseHead(parsing: raw, from: lineStart, limits: limits, answersHead: answersHead)
            if head.status.code < 200, head.status.code != 101 { continue }
            switch head.body {
            case .length(let count): state = .body(remaining: count)
            case .chunked: state = .chunked(ChunkedDecoder())
            case .untilClose: state = .untilClose(count: 0)
            case .none: state = .complete
            }
            return .head(head)
        }
    }
}

extension HTTPResponseHead {
    init(
        parsing head: consuming [UInt8], from start: Int, limits: borrowing HTTPLimits, answersHead: Bool
    ) throws(HTTPError) {
        let line = try Self.parseStatusLine(head.span, from: start)
        status = HTTPStatus(line.code)
        minorVersion = line.minorVersion
        headers = try HTTPHeaders(parsing: head, from: line.end)
        let facts = try HeadFacts(headers, minorVersion: line.minorVersion)
        if HTTPStatus(line.code).forbidsContent || answersHead {
            body = .none
        } else if facts.contentLength == nil, !facts.hasTransferEncoding {
            body = .untilClose
        } else {
            body = try facts.framing(headers, maximum: limits.body)
        }
        let persists = line.minorVersion == 1 ? !facts.closes : facts.keepsAlive && !facts.closes
        keepAlive = persists && body != .untilClose
    }

    /// `HTTP/1.x`, a space, three digits, and perhaps a space and a phrase (RFC 9112 section 4).
    private static func parseStatusLine(
        _ bytes: Span<UInt8>, from start: Int
    ) throws(HTTPError) -> (code: Int, minorVersion: Int, end: Int) {
        var index = start
        for byte in "HTTP/1.".utf8 {
            guard index < bytes.count, bytes[index] == byte else { throw .malformedStatusLine }
            index += 1
        }
        guard index + 5 < bytes.count, bytes[index] == 0x30 || bytes[index] == 0x31, bytes[index + 1] == .space else {
            throw .malformedStatusLine
        }
        let minorVersion = Int(bytes[index] - 0x30)
        var code = 0
        for digit in index + 2..<index + 5 {
            guard bytes[digit].isDigit else { throw .malformedStatusLine }
            code = code * 10 + Int(bytes[digit] - 0x30)
        }
        index += 5
        guard (100..<600).contains(code), bytes[index] == .space || bytes[index] == .carriageReturn else {
            throw .malformedStatusLine
        }
        while bytes[index] != .carriageReturn { index += 1 }
        return (code, minorVersion, index + 2)
    }
}
