import Bytes
import Testing

@testable import WebSocketWire

/// The examples of RFC 6455 section 5.7 and RFC 7692 section 7.2.3, to the byte.
@Suite struct `The examples of the RFCs` {
    private static let hello: [UInt8] = [0x48, 0x65, 0x6c, 0x6c, 0x6f]

    @Test func `an unmasked and a masked text`() {
        var client = WebSocketDecoder(role: .client)
        #expect(client.hear([0x81, 0x05] + Self.hello) == [.text("Hello")])
        let masked: [UInt8] = [0x81, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58]
        expect(masked, [.text("Hello")])
        var out: [UInt8] = []
        WebSocketEncoder.append(.text, payload: Self.hello.span.bytes, to: &out)
        #expect(out == [0x81, 0x05] + Self.hello)
        out = []
        WebSocketEncoder.appendMasked(.text, key: 0x3d21_fa37, payload: Self.hello.span.bytes, to: &out)
        #expect(out == masked)
    }

    @Test func `a fragmented text`() {
        var client = WebSocketDecoder(role: .client)
        #expect(client.hear([0x01, 0x03, 0x48, 0x65, 0x6c, 0x80, 0x02, 0x6c, 0x6f]) == [.text("Hello")])
    }

    @Test func `a ping and its masked pong`() {
        var client = WebSocketDecoder(role: .client)
        #expect(client.hear([0x89, 0x05] + Self.hello) == [.ping(Self.hello)])
        expect([0x8a, 0x85, 0x37, 0xfa, 0x21, 0x3d, 0x7f, 0x9f, 0x4d, 0x51, 0x58], [.pong(Self.hello)])
    }

    @Test func `256 bytes and 64 KiB of binary`() {
        let short = [UInt8](repeating: 1, count: 256)
        let long = [UInt8](repeating: 2, count: 65_536)
        var client = WebSocketDecoder(role: .client)
        #expect(client.hear([0x82, 0x7e, 0x01, 0x00] + short) == [.binary(short)])
        #expect(client.hear([0x82, 0x7f, 0, 0, 0, 0, 0, 1, 0, 0] + long) == [.binary(long)])
    }

    @Test(
        arguments: [
            [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00],
            [0x41, 0x03, 0xf2, 0x48, 0xcd, 0x80, 0x04, 0xc9, 0xc9, 0x07, 0x00],
            [0xc1, 0x0b, 0x00, 0x05, 0x00, 0xfa, 0xff, 0x48, 0x65, 0x6c, 0x6c, 0x6f, 0x00],
            [0xc1, 0x08, 0xf3, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00, 0x00],
            [0xc1, 0x0d, 0xf2, 0x48, 0x05, 0x00, 0x00, 0x00, 0xff, 0xff, 0xca, 0xc9, 0xc9, 0x07, 0x00],
        ] as [[UInt8]])
    func `a compressed message in one block, in fragments, stored, final, and in two blocks`(bytes: [UInt8]) {
        var client = WebSocketDecoder(role: .client, deflate: PerMessageDeflate.Agreement())
        #expect(client.hear(bytes) == [.text("Hello")])
        #expect(client.hear(bytes, inPiecesOf: 1) == [.text("Hello")])
    }

    @Test func `a second message that refers to the first`() {
        let kept = PerMessageDeflate.Direction(keepsContext: true)
        let first: [UInt8] = [0xc1, 0x07, 0xf2, 0x48, 0xcd, 0xc9, 0xc9, 0x07, 0x00]
        let second: [UInt8] = [0xc1, 0x05, 0xf2, 0x00, 0x11, 0x00, 0x00]
        var client = WebSocketDecoder(role: .client, deflate: .init(client: kept, server: kept))
        #expect(client.hear(first + second) == [.text("Hello"), .text("Hello")])
        var forgetful = WebSocketDecoder(role: .client, deflate: PerMessageDeflate.Agreement())
        #expect(forgetful.hear(first + second) == [.text("Hello"), .fault(.damagedCompression)])
    }

    @Test func `an empty compressed message is one zero byte (section 7.2.3.6)`() throws {
        for keepsContext in [false, true] {
            let compressor = WebSocketCompressor(.init(keepsContext: keepsContext))
            for _ in 0..<3 {
                let frame = try compressor.frame(.text, payload: [UInt8]().span.bytes)
                #expect(frame.array == [0xc1, 0x01, 0x00])
            }
        }
    }
}
