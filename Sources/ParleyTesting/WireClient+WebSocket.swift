/// One WebSocket frame as it came.
public struct WireFrame: Sendable, Equatable {
    public var opcode: UInt8
    /// RSV1: compressed.
    public var isCompressed: Bool
    public var payload: [UInt8]
    /// The whole frame.
    public var bytes: [UInt8]

    /// Of a close frame: its code and its reason.
    public var close: String {
        guard payload.count >= 2 else { return "" }
        return "\(Int(payload[0]) << 8 | Int(payload[1])) \(String(decoding: payload[2...], as: UTF8.self))"
    }
}

extension WireClient {
    /// Asks for a WebSocket; the answer where it is refused.
    ///
    /// - Parameter headers: further ones; `Sec-WebSocket-Key` is left out where one of these has that name.
    public func openWebSocket(_ path: String, headers: [String] = []) throws -> WireAnswer? {
        let answer = try exchange("GET", path, headers: Self.upgrade + headers)
        guard answer.status == 101 else { return answer }
        guard answer.headers["sec-websocket-accept"] == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=" else {
            throw Failure(step: "accept")
        }
        return nil
    }

    /// The fields of an upgrade, with the example of RFC 6455 section 1.3.
    public static let upgrade = [
        "Upgrade: websocket", "Connection: Upgrade", "Sec-WebSocket-Version: 13",
        "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==",
    ]

    public func frame(_ text: String) throws { try send(Self.frame(0x81, Array(text.utf8))) }
    public func frame(_ bytes: [UInt8]) throws { try send(Self.frame(0x82, bytes)) }

    /// One masked frame.
    public static func frame(_ first: UInt8, _ payload: [UInt8]) -> [UInt8] {
        let mask: [UInt8] = [1, 2, 3, 4]
        let count = payload.count
        var frame: [UInt8] = [first]
        if count < 126 {
            frame.append(0x80 | UInt8(count))
        } else if count < 1 << 16 {
            frame += [0x80 | 126, UInt8(count >> 8), UInt8(count & 255)]
        } else {
            frame.append(0x80 | 127)
            for shift in stride(from: 56, through: 0, by: -8) {
                frame.append(UInt8(truncatingIfNeeded: count >> shift))
            }
        }
        return frame + mask + payload.enumerated().map { $1 ^ mask[$0 & 3] }
    }

    /// The next frame, or `nil` where the stream ends.
    public func takeFrame() throws -> WireFrame? {
        guard var bytes = try take(2) else { return nil }
        var length = Int(bytes[1])
        if length >= 126 {
            guard let wide = try take(length == 126 ? 2 : 8) else { return nil }
            bytes += wide
            length = wide.reduce(0) { $0 << 8 | Int($1) }
        }
        guard let payload = try take(length) else { return nil }
        return WireFrame(
            opcode: bytes[0] & 15, isCompressed: bytes[0] & 0x40 != 0, payload: payload, bytes: bytes + payload)
    }

    /// The next frame as a line: the text, the numbers of a binary one, `close`, or `end` of the stream.
    public func nextFrame() throws -> String {
        guard let frame = try takeFrame() else { return "end" }
        switch frame.opcode {
        case 1: return String(decoding: frame.payload, as: UTF8.self)
        case 2: return "\(frame.payload)"
        case 8: return "close"
        default: return "frame of type \(frame.opcode)"
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

    /// What the close frame says, behind whatever else comes; `nil` where the stream ends without one.
    public func closeFrame() throws -> String? {
        while let frame = try takeFrame() {
            if frame.opcode == 8 { return frame.close }
        }
        return nil
    }
}
