import Bytes
import Testing

@testable import WebSocketWire

/// Autobahn group 6: text is UTF-8, and a fault is found at the first byte that shows it.
@Suite struct `Text is UTF-8` {
    static let valid: [[UInt8]] = [
        [], Array("Hello-µ@ßöäüàá-UTF-8!!".utf8), Array("κόσμε".utf8), [0x00], [0x7f], [0xc2, 0x80], [0xdf, 0xbf],
        [0xe0, 0xa0, 0x80], [0xed, 0x9f, 0xbf], [0xee, 0x80, 0x80], [0xef, 0xbf, 0xbd], [0xef, 0xbf, 0xbf],
        [0xf0, 0x90, 0x80, 0x80], [0xf4, 0x8f, 0xbf, 0xbf], [0xef, 0xbf, 0xbe], [0xf0, 0x9f, 0xbf, 0xbe],
    ]
    static let invalid: [[UInt8]] = [
        Array("κόσμε".utf8) + [0xed, 0xa0, 0x80] + Array("edited".utf8), [0xce, 0xba, 0xe1], [0x80], [0xbf],
        [0x80, 0xbf], [0xc0, 0xaf], [0xc1, 0xbf], [0xe0, 0x80, 0xaf], [0xe0, 0x9f, 0xbf], [0xf0, 0x80, 0x80, 0xaf],
        [0xf0, 0x8f, 0xbf, 0xbf], [0xf8, 0x88, 0x80, 0x80, 0x80], [0xfc, 0x84, 0x80, 0x80, 0x80, 0x80], [0xfe], [0xff],
        [0xfe, 0xfe, 0xff, 0xff], [0xc0, 0x20], [0xdf, 0x20], [0xe0, 0x20], [0xf0, 0x20], [0xc0], [0xe0, 0x80],
        [0xf0, 0x80, 0x80], [0xdf], [0xef, 0xbf], [0xf7, 0xbf, 0xbf], [0xed, 0xa0, 0x80], [0xed, 0xad, 0xbf],
        [0xed, 0xbf, 0xbf], [0xed, 0xa0, 0x80, 0xed, 0xb0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xf5, 0x80, 0x80, 0x80],
    ]

    @Test(arguments: valid)
    func `valid text is told, in one frame or one byte in each (6.1, 6.2, 6.5 to 6.23)`(text: [UInt8]) {
        let heard = Heard.text(String(decoding: text, as: UTF8.self))
        expect(clientFrame(1, text), [heard])
        let fragments = text.flatMap { clientFrame(0, [$0], fin: false) }
        expect(clientFrame(1, [], fin: false) + fragments + clientFrame(0), [heard])
    }

    @Test(arguments: invalid)
    func `invalid text is refused, in one frame or one byte in each (6.3, 6.6 to 6.21)`(text: [UInt8]) {
        expect(clientFrame(1, text), [.fault(.invalidText)])
        let fragments = text.flatMap { clientFrame(0, [$0], fin: false) }
        expect(clientFrame(1, [], fin: false) + fragments + clientFrame(0), [.fault(.invalidText)])
        expect(clientFrame(2, text), [.binary(text)])
    }

    @Test func `a fault is found before the rest of the message has come (6.4)`() {
        var decoder = WebSocketDecoder(role: .server)
        #expect(decoder.hear(clientFrame(1, Array("κόσμε".utf8) + [0xf4], fin: false)) == [])
        #expect(decoder.hear(clientFrame(0, [0x90], fin: false)) == [.fault(.invalidText)])
        decoder = WebSocketDecoder(role: .server)
        let frame = clientFrame(1, Array("κόσμε".utf8) + [0xf4, 0x90] + Array("never".utf8))
        #expect(decoder.hear(Array(frame.dropLast(6))) == [])
        #expect(decoder.hear([frame[frame.count - 6]]) == [.fault(.invalidText)])
    }

    @Test func `text inside compressed data is checked too`() throws {
        let agreement = PerMessageDeflate.Agreement()
        let compressor = WebSocketCompressor(agreement.client)
        var bytes: [UInt8] = []
        let text: [UInt8] = Array("κόσμε".utf8) + [0xed, 0xa0, 0x80]
        try compressor.appendMasked(.text, key: 7, payload: text.span.bytes, to: &bytes)
        expect(bytes, [.fault(.invalidText)], deflate: agreement)
    }
}
