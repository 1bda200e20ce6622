import Bytes
import WebSocketWire

/// Frames: in one piece and byte by byte the same comes out, and no message beyond its limit.
///
/// The first byte of the input chooses the role, the limits and the compression.
func fuzzWebSocket(_ bytes: borrowing RawSpan) {
    let input = bytes.array
    guard let choice = input.first else { return }
    let frames = Array(input.dropFirst())
    precondition(transcript(of: [frames], choice) == transcript(of: frames.map { [$0] }, choice))
}

private func transcript(of pieces: [[UInt8]], _ choice: UInt8) -> [String] {
    let limits = WebSocketLimits(maxMessageBytes: choice & 8 == 0 ? 100 : 70_000, maxFragments: 5)
    let direction = PerMessageDeflate.Direction(keepsContext: choice & 4 != 0, windowBits: choice & 16 == 0 ? 15 : 9)
    var decoder = WebSocketDecoder(
        role: choice & 1 == 0 ? .server : .client, limits: limits,
        deflate: choice & 2 == 0 ? nil : .init(client: direction, server: direction))
    var events: [String] = []
    for var piece in pieces {
        do throws(WebSocketError) {
            try decoder.receive(&piece) { event in
                switch event {
                case .text(let text):
                    precondition(text.byteCount <= limits.maxMessageBytes)
                    events.append("text \(text.string ?? "not UTF-8")")
                case .binary(let content):
                    precondition(content.byteCount <= limits.maxMessageBytes)
                    events.append("binary \(content.array)")
                case .ping(let content): events.append("ping \(content.array)")
                case .pong(let content): events.append("pong \(content.array)")
                case .close(let code, let reason): events.append("close \(String(describing: code)) \(reason.array)")
                }
                return true
            }
        } catch {
            // Which of two faults in one message is found first depends on how much of it is there.
            return events + ["refused"]
        }
    }
    precondition(!events.contains("text not UTF-8"))
    return events
}
