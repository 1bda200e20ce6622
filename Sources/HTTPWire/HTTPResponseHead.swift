import Bytes

/// The status line and the header fields of a response.
public struct HTTPResponseHead: Sendable {
    public let status: HTTPStatus
    /// 1 for HTTP/1.1, 0 for HTTP/1.0.
    public let minorVersion: Int
    /// The fields, in the order received.
    public let headers: HTTPHeaders
    /// How the content is delimited.
    public let body: HTTPBodyFraming
    /// Whether the connection may carry another request after this response.
    public let keepAlive: Bool
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
