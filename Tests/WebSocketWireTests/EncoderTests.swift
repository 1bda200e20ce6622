import Bytes
import Testing

@testable import WebSocketWire

@Suite struct Encoder {
    @Test(arguments: [0, 1, 124, 125, 126, 65_534, 65_535, 65_536, 70_000])
    func `every length takes its shortest form and comes back`(count: Int) {
        let payload = [UInt8](repeating: 0x61, count: count)
        for prefix in [nil, 0x34] as [UInt8?] {
            let total = count + (prefix == nil ? 0 : 1)
            let header = total < 126 ? 2 : total <= 65_535 ? 4 : 10
            let frame = WebSocketEncoder.frame(.text, prefix: prefix, payload: payload.span.bytes)
            #expect(frame.count == header + total)
            var appended: [UInt8] = [9]
            WebSocketEncoder.append(.text, prefix: prefix, payload: payload.span.bytes, to: &appended)
            #expect(appended == [9] + frame.array)
            let head = WebSocketFrameHead(.text, payloadByteCount: count, prefix: prefix)
            #expect(head.bytes.array + payload == frame.array)
            var client = WebSocketDecoder(role: .client, limits: .init(maxMessageBytes: total))
            let text = (prefix == nil ? "" : "4") + String(repeating: "a", count: count)
            #expect(client.hear(frame.array) == [.text(text)])
            var masked: [UInt8] = [9]
            WebSocketEncoder.appendMasked(
                .text, key: 0x1234_5678, prefix: prefix, payload: payload.span.bytes, to: &masked)
            #expect(masked.count == 1 + frame.count + 4)
            var server = WebSocketDecoder(role: .server)
            #expect(server.hear(Array(masked[1...])) == [.text(text)])
        }
    }

    @Test func `a text and its binaries make one run of frames`() {
        let text = SharedBytes("51-[\"a\",{}]")
        let binary = SharedBytes([1, 2, 3])
        var client = WebSocketDecoder(role: .client)
        let four = WebSocketEncoder.frames(
            text: text, textPrefix: 0x34, binaries: [binary, binary], binaryPrefix: nil)
        #expect(client.hear(four.array) == [.text("451-[\"a\",{}]"), .binary([1, 2, 3]), .binary([1, 2, 3])])
        let three = WebSocketEncoder.frames(text: nil, textPrefix: nil, binaries: [binary], binaryPrefix: 4)
        #expect(client.hear(three.array) == [.binary([4, 1, 2, 3])])
        let alone = WebSocketEncoder.frames(text: text, textPrefix: 0x34, binaries: [], binaryPrefix: nil)
        #expect(client.hear(alone.array) == [.text("451-[\"a\",{}]")])
    }

    @Test func `a close frame carries its code and reason`() {
        #expect(WebSocketEncoder.close(.goingAway, reason: "bye") == [0x88, 5, 0x03, 0xe9, 0x62, 0x79, 0x65])
        #expect(WebSocketEncoder.close(nil) == [0x88, 0])
        #expect(WebSocketEncoder.close(.noStatus) == [0x88, 0])
    }

    @Test(arguments: 0...40)
    func `a mask applies at every length and goes on at every cut`(count: Int) {
        let plain = (0..<count).map { UInt8(truncatingIfNeeded: $0 &* 31) }
        let key: [UInt8] = [0xa1, 0xb2, 0xc3, 0xd4]
        let masked = plain.enumerated().map { $1 ^ key[$0 % 4] }
        let mask = WebSocketMask(key: 0xd4c3_b2a1)
        for cut in 0...count {
            var bytes = plain
            bytes.withUnsafeMutableBytes { buffer in
                mask.apply(to: UnsafeMutableRawBufferPointer(rebasing: buffer[..<cut]))
                mask.advanced(by: cut).apply(to: UnsafeMutableRawBufferPointer(rebasing: buffer[cut...]))
            }
            #expect(bytes == masked)
        }
    }
}
