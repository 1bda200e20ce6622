import Testing

@testable import WebSocketWire

/// Autobahn groups 2 to 5: control frames, reserved bits and opcodes, fragments.
@Suite struct `Control frames and fragments` {
    @Test func `pings and pongs of up to 125 bytes are told with their payload (2.1 to 2.4, 2.7 to 2.9)`() {
        expect(clientFrame(9), [.ping([])])
        expect(clientFrame(9, "Hello, world!"), [.ping(Array("Hello, world!".utf8))])
        expect(
            clientFrame(9, [0x00, 0xff, 0xfe, 0xfd, 0xfc, 0xfb, 0x00, 0xff]),
            [.ping([0, 255, 254, 253, 252, 251, 0, 255])])
        let full = [UInt8](repeating: 0xfe, count: 125)
        expect(clientFrame(9, full), [.ping(full)])
        expect(clientFrame(10), [.pong([])])
        expect(clientFrame(10, "unsolicited") + clientFrame(9, "x"), [.pong(Array("unsolicited".utf8)), .ping([0x78])])
    }

    @Test func `ten pings in one read are ten pings (2.10, 2.11)`() {
        expect((0..<10).flatMap { clientFrame(9, "\($0)") }, (0..<10).map { .ping(Array("\($0)".utf8)) })
    }

    @Test(arguments: [8, 9, 10] as [UInt8])
    func `a control frame with 126 bytes is refused before its payload (2.5)`(opcode: UInt8) {
        expect(clientFrame(opcode, [UInt8](repeating: 0xfe, count: 126)), [.fault(.controlTooLong)])
        var decoder = WebSocketDecoder(role: .server)
        #expect(decoder.hear([0x80 | opcode, 0x80 | 126]) == [.fault(.controlTooLong)])
    }

    @Test(arguments: 1...7 as ClosedRange<UInt8>)
    func `reserved bits are refused on every frame (3.1 to 3.7)`(bits: UInt8) {
        expect(clientFrame(1, "small", rsv: bits), [.fault(.reservedBits)])
        expect(clientFrame(1, "ok") + clientFrame(2, [1], rsv: bits), [.text("ok"), .fault(.reservedBits)])
        expect(clientFrame(9, "", rsv: bits), [.fault(.reservedBits)])
        expect(clientFrame(8, "", rsv: bits), [.fault(.reservedBits)])
        expect(
            clientFrame(1, "a", fin: false) + clientFrame(0, "b", rsv: bits), [.fault(.reservedBits)],
            deflate: PerMessageDeflate.Agreement())
        expect(clientFrame(9, "", rsv: bits), [.fault(.reservedBits)], deflate: PerMessageDeflate.Agreement())
    }

    @Test(arguments: [3, 4, 5, 6, 7, 11, 12, 13, 14, 15] as [UInt8])
    func `reserved opcodes are refused (4.1, 4.2)`(opcode: UInt8) {
        expect(clientFrame(opcode), [.fault(.reservedOpcode)])
        expect(clientFrame(1, "ok") + clientFrame(opcode, "payload"), [.text("ok"), .fault(.reservedOpcode)])
    }

    @Test func `a fragmented ping or pong is refused (5.1, 5.2)`() {
        expect(clientFrame(9, "a", fin: false) + clientFrame(0, "b"), [.fault(.controlFragmented)])
        expect(clientFrame(10, "a", fin: false) + clientFrame(0, "b"), [.fault(.controlFragmented)])
        expect(clientFrame(8, [3, 232], fin: false), [.fault(.controlFragmented)])
    }

    @Test func `fragments make one message (5.3 to 5.5)`() {
        expect(
            clientFrame(1, "fragment1", fin: false) + clientFrame(0, "fragment2"), [.text("fragment1fragment2")])
        expect(
            clientFrame(2, [1], fin: false) + clientFrame(0, [], fin: false) + clientFrame(0, [2]), [.binary([1, 2])])
    }

    @Test func `control frames come between fragments (5.6 to 5.8, 5.19, 5.20)`() {
        expect(
            clientFrame(1, "a", fin: false) + clientFrame(9, "p1") + clientFrame(0, "b", fin: false)
                + clientFrame(10, "p2") + clientFrame(0, "c"),
            [.ping(Array("p1".utf8)), .pong(Array("p2".utf8)), .text("abc")])
    }

    @Test(arguments: [true, false])
    func `a continuation without a message is refused (5.9 to 5.17)`(fin: Bool) {
        expect(clientFrame(0, "x", fin: fin) + clientFrame(1, "y"), [.fault(.continuationUnexpected)])
        expect(
            clientFrame(1, "a", fin: false) + clientFrame(0, "b") + clientFrame(0, "c", fin: fin),
            [.text("ab"), .fault(.continuationUnexpected)])
    }

    @Test func `a message inside a message is refused (5.18)`() {
        expect(clientFrame(1, "a", fin: false) + clientFrame(1, "b"), [.fault(.continuationExpected)])
        expect(clientFrame(1, "a", fin: false) + clientFrame(2, "b", fin: false), [.fault(.continuationExpected)])
    }
}
