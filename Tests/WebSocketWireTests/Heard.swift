import Bytes
import Testing

@testable import WebSocketWire

/// What a decoder said, kept.
enum Heard: Equatable {
    case text(String)
    case binary([UInt8])
    case ping([UInt8])
    case pong([UInt8])
    case close(UInt16?, String)
    case fault(WebSocketError)

    init(_ event: borrowing WebSocketEvent) {
        switch event {
        case .text(let payload): self = .text(payload.string ?? "not UTF-8")
        case .binary(let payload): self = .binary(payload.array)
        case .ping(let payload): self = .ping(payload.array)
        case .pong(let payload): self = .pong(payload.array)
        case .close(let code, let reason): self = .close(code?.rawValue, reason.string ?? "not UTF-8")
        }
    }
}

extension WebSocketDecoder {
    /// Feeds one piece.
    mutating func hear(_ bytes: [UInt8]) -> [Heard] {
        var heard: [Heard] = []
        var copy = bytes
        do throws(WebSocketError) {
            try receive(&copy) { event in
                heard.append(Heard(event))
                return true
            }
        } catch {
            heard.append(.fault(error))
        }
        return heard
    }

    /// Feeds pieces of at most `size` bytes, until a fault.
    mutating func hear(_ bytes: [UInt8], inPiecesOf size: Int) -> [Heard] {
        var heard: [Heard] = []
        for start in stride(from: 0, to: bytes.count, by: size) {
            heard += hear(Array(bytes[start..<min(start + size, bytes.count)]))
            if case .fault = heard.last { break }
        }
        return heard
    }
}

/// A frame as a client sends it, well-formed or not.
func clientFrame(
    _ opcode: UInt8, _ payload: [UInt8] = [], fin: Bool = true, rsv: UInt8 = 0, key: UInt32 = 0xfa21_c53d
) -> [UInt8] {
    var bytes: [UInt8] = [opcode | (fin ? 0x80 : 0) | rsv << 4]
    switch payload.count {
    case ...125: bytes.append(0x80 | UInt8(payload.count))
    case ...65_535: bytes += [0x80 | 126, UInt8(payload.count >> 8), UInt8(payload.count & 0xff)]
    default:
        bytes.append(0x80 | 127)
        bytes.append(bigEndian: UInt64(payload.count))
    }
    let mask = [UInt8(key & 0xff), UInt8(key >> 8 & 0xff), UInt8(key >> 16 & 0xff), UInt8(key >> 24)]
    bytes += mask
    for (index, byte) in payload.enumerated() { bytes.append(byte ^ mask[index % 4]) }
    return bytes
}

func clientFrame(_ opcode: UInt8, _ text: String, fin: Bool = true, rsv: UInt8 = 0) -> [UInt8] {
    clientFrame(opcode, Array(text.utf8), fin: fin, rsv: rsv)
}

/// Expects the same story however the bytes are cut: whole, byte by byte, and in two at every position.
func expect(
    _ bytes: [UInt8], _ story: [Heard], limits: WebSocketLimits = WebSocketLimits(),
    deflate: PerMessageDeflate.Agreement? = nil, sourceLocation: SourceLocation = #_sourceLocation
) {
    func decoder() -> WebSocketDecoder { WebSocketDecoder(role: .server, limits: limits, deflate: deflate) }
    var whole = decoder()
    #expect(whole.hear(bytes) == story, sourceLocation: sourceLocation)
    var bytewise = decoder()
    #expect(bytewise.hear(bytes, inPiecesOf: 1) == story, "byte by byte", sourceLocation: sourceLocation)
    for split in 1..<max(min(bytes.count, 600), 1) {
        var halves = decoder()
        var heard = halves.hear(Array(bytes[..<split]))
        if case .fault = heard.last {} else { heard += halves.hear(Array(bytes[split...])) }
        guard heard != story else { continue }
        Issue.record("cut at \(split): \(heard)", sourceLocation: sourceLocation)
    }
}
