/// One HTTP answer.
public struct WireAnswer: Sendable {
    public var status: Int
    /// Names in lower case.
    public var headers: [String: String]
    public var body: [UInt8]

    /// Status and body, the separator of payloads as a bar; what is not text as numbers.
    public var line: String {
        let isBinary = headers["content-type"] == "application/octet-stream"
        let text = isBinary ? "\(body)" : String(decoding: body, as: UTF8.self)
        return "\(status) \(text)".replacing("\u{1e}", with: "|")
    }
}

extension WireClient {
    /// Sends a request and does not wait for its answer.
    public func request(_ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil) throws {
        var lines = ["\(method) \(path) HTTP/1.1", "Host: 127.0.0.1"] + headers
        if let body { lines.append("Content-Length: \(body.count)") }
        try send(Array((lines.joined(separator: "\r\n") + "\r\n\r\n").utf8) + (body ?? []))
    }

    /// The answer to the request that was sent last, or `nil` where the connection ends instead.
    public func answer() throws -> WireAnswer? {
        guard let head = try take(through: "\r\n\r\n") else { return nil }
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        guard let status = Int(lines.removeFirst().split(separator: " ")[1]) else { throw Failure(step: "status") }
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard let body = try take(length) else { return nil }
        return WireAnswer(status: status, headers: headers, body: body)
    }

    public func exchange(_ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil) throws
        -> WireAnswer
    {
        try request(method, path, headers: headers, body: body)
        guard let answer = try answer() else { throw Failure(step: "answer to \(method) \(path)") }
        return answer
    }

    // MARK: WebSocket

    /// Asks for a WebSocket; the answer where it is refused.
    public func openWebSocket(_ path: String) throws -> WireAnswer? {
        // The example of RFC 6455 section 1.3.
        let headers = [
            "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
            "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
        ]
        let answer = try exchange("GET", path, headers: headers)
        guard answer.status == 101 else { return answer }
        guard answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw Failure(step: "accept")
        }
        return nil
    }

    public func frame(_ text: String) throws { try frame(0x81, Array(text.utf8)) }
    public func frame(_ bytes: [UInt8]) throws { try frame(0x82, bytes) }

    /// Sends one masked frame of up to 125 bytes.
    private func frame(_ first: UInt8, _ payload: [UInt8]) throws {
        let mask: [UInt8] = [1, 2, 3, 4]
        let masked = payload.enumerated().map { $1 ^ mask[$0 & 3] }
        try send([first, 0x80 | UInt8(payload.count)] + mask + masked)
    }

    /// The next frame as a line: the text, the numbers of a binary one, `close`, or `end` of the stream.
    public func nextFrame() throws -> String {
        guard let head = try take(2) else { return "end" }
        var length = Int(head[1])
        if length == 126 {
            guard let wide = try take(2) else { return "end" }
            length = Int(wide[0]) << 8 | Int(wide[1])
        }
        guard let payload = try take(length) else { return "end" }
        switch head[0] & 15 {
        case 1: return String(decoding: payload, as: UTF8.self)
        case 2: return "\(payload)"
        case 8: return "close"
        default: return "frame of type \(head[0] & 15)"
        }
    }

    /// Frames until the socket closes, without heartbeats.
    public func framesUntilClose() throws -> [String] {
        var lines: [String] = []
        while true {
            let line = try nextFrame()
            if line == "close" || line == "end" { return lines + ["closed"] }
            if line != "2" { lines.append(line) }
        }
    }
}
