import ParleyTesting
import Testing

@testable import WebSocketWire

/// Autobahn groups 1, 9 and 10: messages of every size of length field, whole, cut and fragmented.
@Suite struct `Messages of every size` {
    @Test(arguments: [0, 1, 125, 126, 127, 128, 65_535, 65_536])
    func `text and binary of any length arrive whole, however they are cut (1.1, 1.2)`(count: Int) {
        let text = String(repeating: "*", count: count)
        let binary = [UInt8](repeating: 0xfe, count: count)
        let bytes = clientFrame(1, text) + clientFrame(2, binary)
        for size in [1, 7, 997, 4_096, Int.max / 2] {
            var decoder = WebSocketDecoder(role: .server)
            #expect(decoder.hear(bytes, inPiecesOf: size) == [.text(text), .binary(binary)])
        }
    }

    @Test(arguments: [65_536, 262_144, 1_048_576, 4_194_304].prefix(TestSize.count(4, sanitized: 2)))
    func `large messages arrive whole in frames of any size (9.1 to 9.6)`(count: Int) {
        let limits = WebSocketLimits(maxMessageBytes: count, maxFragments: .max)
        let payload = [UInt8](repeating: 0x2a, count: count)
        for frameSize in [64, 4_096, count] {
            var bytes: [UInt8] = []
            for start in stride(from: 0, to: count, by: frameSize) {
                let end = min(start + frameSize, count)
                bytes += clientFrame(start == 0 ? 2 : 0, Array(payload[start..<end]), fin: end == count)
            }
            var decoder = WebSocketDecoder(role: .server, limits: limits)
            #expect(decoder.hear(bytes, inPiecesOf: 65_536) == [.binary(payload)])
        }
    }

    @Test func `a large text in frames of 1,300 bytes arrives whole (10.1.1)`() {
        let text = String(repeating: "*", count: 65_536)
        let payload = Array(text.utf8)
        var bytes: [UInt8] = []
        for start in stride(from: 0, to: payload.count, by: 1_300) {
            let end = min(start + 1_300, payload.count)
            bytes += clientFrame(start == 0 ? 1 : 0, Array(payload[start..<end]), fin: end == payload.count)
        }
        var decoder = WebSocketDecoder(role: .server)
        #expect(decoder.hear(bytes) == [.text(text)])
    }

    @Test func `many small messages in one read arrive one by one (9.7, 9.8)`() {
        var decoder = WebSocketDecoder(role: .server)
        let bytes = (0..<1_000).flatMap { clientFrame(1, "message \($0)") }
        #expect(decoder.hear(bytes) == (0..<1_000).map { .text("message \($0)") })
    }
}
