import ParleyTesting
import Testing

@testable import WebSocketWire

@Suite struct `Noise` {
    @Test(arguments: 0..<200 as Range<UInt64>)
    func `damaged streams are told the same way however they are cut`(seed: UInt64) throws {
        var random = SeededGenerator(seed: seed)
        var bytes: [UInt8] = []
        let compressor = WebSocketCompressor(.init())
        for index in 0..<6 {
            let payload = (0..<Int.random(in: 0...200, using: &random)).map { _ in
                UInt8.random(in: 0x20...0x7e, using: &random)
            }
            let fin = Bool.random(using: &random)
            switch index % 3 {
            case 0: bytes += clientFrame(1, payload, fin: fin, key: .random(in: 0 ... .max, using: &random))
            case 1: try compressor.appendMasked(.binary, key: 5, payload: payload.span.bytes, to: &bytes)
            default: bytes += clientFrame([0, 2, 9, 10].randomElement(using: &random) ?? 0, payload, fin: fin)
            }
        }
        for _ in 0..<Int.random(in: 0...2, using: &random) {
            bytes[Int.random(in: 0..<bytes.count, using: &random)] ^= 1 << UInt8.random(in: 0...7, using: &random)
        }
        let limits = WebSocketLimits(maxMessageBytes: 500, maxFragments: 4)
        var whole = WebSocketDecoder(role: .server, limits: limits, deflate: PerMessageDeflate.Agreement())
        let story = whole.hear(bytes)
        for size in [1, 2, 3, 17, 100] {
            var pieces = WebSocketDecoder(role: .server, limits: limits, deflate: PerMessageDeflate.Agreement())
            #expect(pieces.hear(bytes, inPiecesOf: size) == story)
        }
    }
}
