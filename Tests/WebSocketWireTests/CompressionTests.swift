import Bytes
import ParleyTesting
import Testing

@testable import WebSocketWire

/// Autobahn groups 12 and 13: compressed messages of many sizes, with every agreement.
@Suite struct `Compressed messages` {
    private static let agreements: [PerMessageDeflate.Agreement] = [false, true].flatMap { keepsContext in
        [9, 12, 15].map { bits in
            let direction = PerMessageDeflate.Direction(keepsContext: keepsContext, windowBits: bits)
            return PerMessageDeflate.Agreement(client: direction, server: direction)
        }
    }

    private static func json(_ count: Int) -> [UInt8] {
        let unit = Array(#"{"id":17,"text":"nice to meet you, κόσμε","tags":["a","b"]},"#.utf8)
        var bytes = Array((0..<count / unit.count + 1).map { _ in unit }.joined().prefix(count))
        while !UTF8Validator.isValid(bytes.span.bytes) { bytes.removeLast() }
        return bytes
    }

    @Test(arguments: agreements)
    func `messages come back as they were, both ways (12, 13)`(agreement: PerMessageDeflate.Agreement) throws {
        let client = WebSocketCompressor(agreement.client)
        let server = WebSocketCompressor(agreement.server)
        var atServer = WebSocketDecoder(role: .server, deflate: agreement)
        var atClient = WebSocketDecoder(role: .client, deflate: agreement)
        let counts = [0, 1, 16, 64, 256, 1_024, 4_096, 8_192, 16_384, 32_768, 65_536, 131_072]
        for count in counts.prefix(TestSize.count(12, sanitized: 9)) {
            let payload = Self.json(count)
            let heard: [Heard] = [.text("4" + String(decoding: payload, as: UTF8.self)), .binary(payload)]
            var masked: [UInt8] = []
            try client.appendMasked(.text, key: 0x0102_0304, prefix: 0x34, payload: payload.span.bytes, to: &masked)
            try client.appendMasked(.binary, key: 99, payload: payload.span.bytes, to: &masked)
            #expect(atServer.hear(masked, inPiecesOf: 1_300) == heard)
            var plain: [UInt8] = []
            try server.append(.text, prefix: 0x34, payload: payload.span.bytes, to: &plain)
            plain += try server.frame(.binary, payload: payload.span.bytes).array
            #expect(atClient.hear(plain) == heard)
            if count > 1_000 { #expect(plain.count < payload.count) }
        }
    }

    @Test func `compressed and plain messages and pings mix, also between fragments`() throws {
        let agreement = PerMessageDeflate.Agreement()
        let compressor = WebSocketCompressor(agreement.client)
        var frame: [UInt8] = []
        try compressor.appendMasked(.text, key: 0, payload: Array("compressed".utf8).span.bytes, to: &frame)
        let body = Array(frame[6...])
        expect(
            clientFrame(1, "plain") + clientFrame(1, Array(body[..<3]), fin: false, rsv: 4) + clientFrame(9, "p")
                + clientFrame(0, Array(body[3...])) + clientFrame(1, "plain"),
            [.text("plain"), .ping([0x70]), .text("compressed"), .text("plain")], deflate: agreement)
    }

    @Test func `a message that inflates past the limit is refused at the limit`() throws {
        let agreement = PerMessageDeflate.Agreement()
        let compressor = WebSocketCompressor(agreement.client, level: 9)
        let zeros = [UInt8](repeating: 0, count: 1_000_000)
        for limit in [999_999, 1_000, 0] {
            var bytes: [UInt8] = []
            try compressor.appendMasked(.binary, key: 1, payload: zeros.span.bytes, to: &bytes)
            // The frame itself is small.
            guard bytes.count < limit + 64 || limit == 0 else { continue }
            var decoder = WebSocketDecoder(
                role: .server, limits: WebSocketLimits(maxMessageBytes: limit), deflate: agreement)
            #expect(decoder.hear(bytes) == [.fault(.messageTooLarge(limit: limit))])
            #expect(decoder.message.payload.capacity == 0)
        }
        var bytes: [UInt8] = []
        try compressor.appendMasked(.binary, key: 1, payload: zeros.span.bytes, to: &bytes)
        var decoder = WebSocketDecoder(
            role: .server, limits: WebSocketLimits(maxMessageBytes: 1_000_000), deflate: agreement)
        #expect(decoder.hear(bytes) == [.binary(zeros)])
    }

    @Test func `compressed bytes past what the limit could compress to are refused unread`() {
        let limits = WebSocketLimits(maxMessageBytes: 1_024)
        let over = [UInt8](repeating: 0, count: limits.maxCompressedBytes + 1)
        expect(
            clientFrame(2, over, rsv: 4), [.fault(.messageTooLarge(limit: 1_024))], limits: limits,
            deflate: PerMessageDeflate.Agreement())
    }

    @Test func `data that does not compress still fits its limit`() throws {
        var random = SystemRandomNumberGenerator()
        let noise = (0..<100_000).map { _ in UInt8.random(in: 0...255, using: &random) }
        var bytes: [UInt8] = []
        try WebSocketCompressor(.init()).appendMasked(.binary, key: 1, payload: noise.span.bytes, to: &bytes)
        var decoder = WebSocketDecoder(
            role: .server, limits: WebSocketLimits(maxMessageBytes: noise.count), deflate: PerMessageDeflate.Agreement()
        )
        #expect(decoder.hear(bytes) == [.binary(noise)])
    }

    @Test(arguments: [[0xff], [0x07], [0xf2, 0x48, 0xcd], [0x00, 0x09, 0x00, 0xf6, 0xff, 0x48]] as [[UInt8]])
    func `damaged or unfinished data is refused with 1007`(body: [UInt8]) {
        var decoder = WebSocketDecoder(role: .server, deflate: PerMessageDeflate.Agreement())
        #expect(decoder.hear(clientFrame(2, body, rsv: 4)) == [.fault(.damagedCompression)])
        #expect(WebSocketError.damagedCompression.closeCode == .invalidPayload)
    }
}
