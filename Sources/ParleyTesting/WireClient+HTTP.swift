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
    ///
    /// - Parameter takesBody: `false` for the answer to a HEAD.
    public func answer(takesBody: Bool = true) throws -> WireAnswer? {
        guard let head = try take(through: "\r\n\r\n") else { return nil }
        var lines = String(decoding: head, as: UTF8.self).split(separator: "\r\n").map(String.init)
        guard let status = Int(lines.removeFirst().split(separator: " ")[1]) else { throw Failure(step: "status") }
        var headers: [String: String] = [:]
        for line in lines {
            guard let colon = line.firstIndex(of: ":") else { continue }
            headers[line[..<colon].lowercased()] = String(line[line.index(after: colon)...].drop { $0 == " " })
        }
        guard takesBody else { return WireAnswer(status: status, headers: headers, body: []) }
        let length = headers["content-length"].flatMap { Int($0) } ?? 0
        guard let body = try take(length) else { return nil }
        return WireAnswer(status: status, headers: headers, body: body)
    }

    public func exchange(
        _ method: String, _ path: String, headers: [String] = [], body: [UInt8]? = nil, takesBody: Bool = true
    ) throws -> WireAnswer {
        try request(method, path, headers: headers, body: body)
        guard let answer = try answer(takesBody: takesBody) else { throw Failure(step: "answer to \(method) \(path)") }
        return answer
    }
}
