import Testing

@testable import WebSocketWire

@Suite struct `What a decoder refuses` {
    private static let small = WebSocketLimits(maxMessageBytes: 10, maxFragments: 3)

    @Test func `a message of the limit is taken and one byte more is not`() {
        let ten = [UInt8](repeating: 1, count: 10)
        expect(clientFrame(2, ten), [.binary(ten)], limits: Self.small)
        expect(clientFrame(2, ten + [1]), [.fault(.messageTooLarge(limit: 10))], limits: Self.small)
        expect(
            clientFrame(2, [1, 2, 3, 4, 5], fin: false) + clientFrame(0, [6, 7, 8, 9, 10]),
            [.binary([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])], limits: Self.small)
        expect(
            clientFrame(2, [1, 2, 3, 4, 5], fin: false) + clientFrame(0, [6, 7, 8, 9, 10, 11]),
            [.fault(.messageTooLarge(limit: 10))], limits: Self.small)
        #expect(WebSocketError.messageTooLarge(limit: 10).closeCode.rawValue == 1009)
    }

    @Test func `a length past the limit is refused before any payload comes`() {
        for length: [UInt8] in [
            [0x80 | 126, 0xff, 0xff], [0x80 | 127, 0, 0, 0, 0, 0, 1, 0, 0], [0x80 | 127, 0x40, 0, 0, 0, 0, 0, 0, 0],
            [0x80 | 127, 0x7f, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff],
        ] {
            expect([0x82] + length + [1, 2, 3, 4], [.fault(.messageTooLarge(limit: 10))], limits: Self.small)
        }
    }

    @Test func `a length with the highest bit is refused`() {
        expect([0x82, 0xff, 0x80, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4], [.fault(.lengthOutOfRange)])
        expect([0x82] + [UInt8](repeating: 0xff, count: 13), [.fault(.lengthOutOfRange)])
    }

    @Test func `a length in a longer form than it needs is refused`() {
        expect([0x82, 0xfe, 0, 125, 1, 2, 3, 4], [.fault(.lengthNotMinimal)])
        expect([0x82, 0xff, 0, 0, 0, 0, 0, 0, 0xff, 0xff, 1, 2, 3, 4], [.fault(.lengthNotMinimal)])
    }

    @Test func `fragments up to the limit are taken and one more is not`() {
        let begin = clientFrame(2, [1], fin: false)
        let empty = clientFrame(0, [], fin: false)
        expect(begin + empty + clientFrame(0, [2]), [.binary([1, 2])], limits: Self.small)
        expect(begin + empty + empty + clientFrame(0, [2]), [.fault(.tooManyFragments(limit: 3))], limits: Self.small)
        #expect(WebSocketError.tooManyFragments(limit: 3).closeCode == .policyViolation)
    }

    @Test func `the count of fragments begins anew with each message`() {
        let message = clientFrame(2, [1], fin: false) + clientFrame(0, [2], fin: false) + clientFrame(0, [3])
        expect(message + message, [.binary([1, 2, 3]), .binary([1, 2, 3])], limits: Self.small)
    }

    @Test func `empty fragments without end are refused at the default limit`() {
        var decoder = WebSocketDecoder(role: .server)
        #expect(decoder.hear(clientFrame(1, "", fin: false)) == [])
        let empty = clientFrame(0, "", fin: false)
        for _ in 2...4_096 { #expect(decoder.hear(empty) == []) }
        #expect(decoder.hear(empty) == [.fault(.tooManyFragments(limit: 4_096))])
    }

    @Test func `a server wants masks and a client none (RFC 6455 section 5.1)`() {
        var server = WebSocketDecoder(role: .server)
        #expect(server.hear([0x81, 0x02]) == [.fault(.maskMissing)])
        var client = WebSocketDecoder(role: .client)
        #expect(client.hear([0x81, 0x02, 0x68, 0x69]) == [.text("hi")])
        #expect(client.hear(clientFrame(1, "hi")) == [.fault(.maskForbidden)])
    }

    @Test func `after a fault every further byte is refused with the same error`() {
        var decoder = WebSocketDecoder(role: .server)
        #expect(decoder.hear(clientFrame(1, "ok") + clientFrame(3)) == [.text("ok"), .fault(.reservedOpcode)])
        #expect(decoder.isFinished)
        #expect(decoder.hear(clientFrame(1, "more")) == [.fault(.reservedOpcode)])
    }

    @Test func `a callback that has had enough hears nothing more`() throws {
        var decoder = WebSocketDecoder(role: .server)
        var bytes = clientFrame(1, "a") + clientFrame(1, "b")
        var count = 0
        try decoder.receive(&bytes) { _ in
            count += 1
            return false
        }
        #expect(count == 1)
        #expect(decoder.isFinished)
        #expect(decoder.hear(clientFrame(1, "c")) == [])
    }

    @Test func `memory grows with what came, not with what was announced`() {
        var decoder = WebSocketDecoder(role: .server)
        _ = decoder.hear([0x82, 0xff, 0, 0, 0, 0, 0, 0x0f, 0, 0, 1, 2, 3, 4] + [UInt8](repeating: 7, count: 100))
        #expect(decoder.message.payload.count == 100)
        #expect(decoder.message.payload.capacity < 1_000)
    }

    @Test func `an idle decoder holds no buffer`() {
        var decoder = WebSocketDecoder(role: .server)
        let frame = clientFrame(2, [UInt8](repeating: 7, count: 50_000))
        #expect(decoder.hear(frame, inPiecesOf: 1_000).count == 1)
        #expect(decoder.message.payload.capacity == 0)
        #expect(decoder.hear(clientFrame(9, "ping"), inPiecesOf: 2).count == 1)
        #expect(decoder.control.capacity == 0)
    }
}
