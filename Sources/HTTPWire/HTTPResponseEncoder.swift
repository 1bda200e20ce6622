import Bytes

/// Writes response heads, and the chunks of a streamed body. One per loop, for it keeps the Date field of the second.
public struct HTTPResponseEncoder: Sendable {
    private var second = Int64.min
    private var date: [UInt8] = []

    /// An encoder, which remembers the text of the date.
    public init() {}

    /// `100 Continue`, for a request that waits for it.
    public static let continueResponse = Array("HTTP/1.1 100 Continue\r\n\r\n".utf8)

    /// What of the request decides how it is answered.
    public struct Exchange: Sendable, Equatable {
        /// Whether the request was HEAD: then no content follows.
        public var isHead: Bool
        public var minorVersion: Int
        /// Whether the connection stays open afterwards.
        public var keepAlive: Bool

        public init(isHead: Bool = false, minorVersion: Int = 1, keepAlive: Bool = true) {
            self.isHead = isHead
            self.minorVersion = minorVersion
            self.keepAlive = keepAlive
        }

        /// The exchange that a request asks for.
        public init(_ head: borrowing HTTPRequestHead) {
            self.init(isHead: head.method == .head, minorVersion: head.minorVersion, keepAlive: head.keepAlive)
        }
    }

    /// Appends a head to `out` and answers how the content must follow: `none` means that none may.
    ///
    /// Date, Content-Length, Transfer-Encoding and Connection are this encoder's: such fields in `headers` are left out
    /// (Connection is kept where the status is 101). A field that would break the message is refused, `out` is then as
    /// before. `untilClose`, also where chunks were asked for on HTTP/1.0, means: close after the content.
    public mutating func append(
        _ status: HTTPStatus, _ headers: borrowing HTTPHeaders, body: HTTPBodyFraming, for exchange: Exchange,
        at epochMilliseconds: Int64, to out: inout [UInt8]
    ) throws(HTTPError) -> HTTPBodyFraming {
        let start = out.count
        out.append(contentsOf: "HTTP/1.1 ".utf8)
        out.append(decimal: status.code)
        out.append(.space)
        out.append(contentsOf: status.reason.utf8)
        do throws(HTTPError) {
            try headers.appendLines(to: &out, keepingConnection: status.code == 101)
        } catch {
            out.removeLast(out.count - start)
            throw error
        }
        out.append(contentsOf: "\r\n".utf8)
        let framing = appendFraming(status, body, exchange, to: &out)
        appendDate(epochMilliseconds, to: &out)
        out.append(contentsOf: "\r\n".utf8)
        return framing
    }

    /// Appends a whole refusal of one sentence, after which the connection must be closed.
    public mutating func append(
        refusal error: HTTPError, at epochMilliseconds: Int64, to out: inout [UInt8]
    ) {
        let text = Array(error.message.utf8)
        let exchange = Exchange(keepAlive: false)
        let headers: HTTPHeaders = ["Content-Type": "text/plain; charset=utf-8", "X-Content-Type-Options": "nosniff"]
        // These fields can be sent.
        _ = try? append(
            error.status, headers, body: .length(text.count), for: exchange, at: epochMilliseconds, to: &out)
        out.append(contentsOf: text)
    }

    /// Appends one chunk (RFC 9112 section 7.1); nothing for no bytes, for that would end the content.
    public static func append(chunk: RawSpan, to out: inout [UInt8]) {
        guard chunk.byteCount > 0 else { return }
        out.append(contentsOf: String(chunk.byteCount, radix: 16).utf8)
        out.append(contentsOf: "\r\n".utf8)
        out.append(contentsOf: chunk)
        out.append(contentsOf: "\r\n".utf8)
    }

    /// Appends what ends chunked content.
    public static func appendLastChunk(to out: inout [UInt8]) {
        out.append(contentsOf: "0\r\n\r\n".utf8)
    }

    private func appendFraming(
        _ status: HTTPStatus, _ body: HTTPBodyFraming, _ exchange: Exchange, to out: inout [UInt8]
    ) -> HTTPBodyFraming {
        if status.code == 101 { return .none }
        var framing = body
        if body == .chunked, exchange.minorVersion == 0 { framing = .untilClose }
        if !status.forbidsContent {
            switch framing {
            case .none: out.append(contentsOf: "Content-Length: 0\r\n".utf8)
            case .length(let count):
                out.append(contentsOf: "Content-Length: ".utf8)
                out.append(decimal: count)
                out.append(contentsOf: "\r\n".utf8)
            case .chunked: out.append(contentsOf: "Transfer-Encoding: chunked\r\n".utf8)
            case .untilClose: break
            }
        }
        if !exchange.keepAlive || framing == .untilClose {
            out.append(contentsOf: "Connection: close\r\n".utf8)
        } else if exchange.minorVersion == 0 {
            out.append(contentsOf: "Connection: keep-alive\r\n".utf8)
        }
        return status.forbidsContent || exchange.isHead ? .none : framing
    }

    private mutating func appendDate(_ epochMilliseconds: Int64, to out: inout [UInt8]) {
        let now = epochMilliseconds / 1000
        if now != second {
            second = now
            date = Array("Date: \(HTTPDate.format(now))\r\n".utf8)
        }
        out.append(contentsOf: date)
    }
}

/// Writes the requests of a client.
public enum HTTPRequestEncoder {
    /// Appends a request with all of its content; `host` as in the address (`chat.example:8080`).
    public static func append(
        _ method: HTTPMethod, target: String, host: String, _ headers: HTTPHeaders, body: [UInt8]?,
        to out: inout [UInt8]
    ) throws(HTTPError) {
        guard HostField.isValid(host), target.utf8.first == .slash,
            target.utf8.allSatisfy({ $0 == .questionMark || ASCIISet.query.contains($0) })
        else { throw .unsendableHeader }
        let start = out.count
        out.append(contentsOf: "\(method) \(target) HTTP/1.1\r\nHost: \(host)".utf8)
        do throws(HTTPError) {
            try headers.appendLines(to: &out, keepingConnection: true)
        } catch {
            out.removeLast(out.count - start)
            throw error
        }
        if let body { out.append(contentsOf: "\r\nContent-Length: \(body.count)".utf8) }
        out.append(contentsOf: "\r\n\r\n".utf8)
        if let body { out.append(contentsOf: body) }
    }
}
