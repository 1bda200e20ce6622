import EngineIO
import Testing

@Suite("Engine.IO payloads")
struct EnginePayloadTests {
    private func read(_ body: [UInt8], _ form: EnginePayloadReader.Form, maxPackets: Int = 100) throws -> [EnginePacket]
    {
        var reader = EnginePayloadReader(form: form, maxPackets: maxPackets)
        var packets: [EnginePacket] = []
        while let packet = try reader.next(in: body.span.bytes) { packets.append(packet) }
        return packets
    }

    private func error(_ body: String, _ form: EnginePayloadReader.Form) -> EngineProtocolError? {
        error(Array(body.utf8), form)
    }

    private func error(_ body: [UInt8], _ form: EnginePayloadReader.Form) -> EngineProtocolError? {
        do {
            _ = try read(body, form)
            return nil
        } catch {
            return error as? EngineProtocolError
        }
    }

    @Test func `revision 4 is cut at the separator`() throws {
        let packets = try read(Array("4a\u{1e}2\u{1e}bAQ==\u{1e}4".utf8), .separated)
        #expect(
            packets == [
                EnginePacket(.message, .text(1..<2)), EnginePacket(.ping, .text(4..<4)),
                EnginePacket(.message, .decoded([1])), EnginePacket(.message, .text(12..<12)),
            ])
    }

    @Test func `revision 4 refuses what is no packet`() {
        #expect(error("", .separated) == .emptyPacket)
        #expect(error("4\u{1e}", .separated) == .emptyPacket)
        #expect(error("x", .separated) == .unknownPacketType)
        #expect(error("b*", .separated) == .invalidBase64)
        #expect(error([0x34, 0xff], .separated) == .invalidUTF8)
        #expect(error([0x34, 0xc3], .separated) == .invalidUTF8)
    }

    @Test(arguments: [
        (":4", EngineProtocolError.invalidLength), ("4a", .invalidLength), ("-1:4", .invalidLength),
        ("1.0:4", .invalidLength),
        ("99999999999:4", .invalidLength), ("9999999999:4", .truncated), ("2:4", .truncated), ("1", .truncated),
        ("", .emptyPacket),
        ("2:4😀", .invalidLength), ("1:x", .unknownPacketType), ("1:b", .emptyPacket), ("2:b2", .unknownPacketType),
        ("3:b4*", .invalidBase64), ("+1:4", .invalidLength), (" 1:4", .invalidLength), ("１:4", .invalidLength),
    ])
    func `revision 3 refuses a wrong length and a wrong packet`(body: String, expected: EngineProtocolError) {
        #expect(error(body, .counted) == expected)
    }

    @Test(arguments: [1, 2, 1000, 100_000])
    func `a length of any number of digits is an error, not a trap`(digits: Int) {
        #expect(error(String(repeating: "9", count: digits), .counted) != nil)
        #expect(error(String(repeating: "9", count: digits) + ":4", .counted) != nil)
        #expect(error([0] + [UInt8](repeating: 9, count: digits) + [255, 0x34], .binary) != nil)
    }

    @Test func `the binary form of revision 3 counts bytes`() throws {
        let packets = try read(
            [0, 3, 255, 0x34, 0xc3, 0xa9, 1, 1, 255, 4, 1, 1, 2, 255] + [4] + [UInt8](repeating: 7, count: 11), .binary)
        #expect(
            packets == [
                EnginePacket(.message, .text(4..<6)), EnginePacket(.message, .binary(10..<10)),
                EnginePacket(.message, .binary(15..<26)),
            ])
    }

    @Test func `the binary form refuses what is no packet`() {
        #expect(error([2, 1, 255, 4], .binary) == .unknownPacketType)
        #expect(error([1, 1, 255, 9], .binary) == .unknownPacketType)
        #expect(error([1, 0, 255], .binary) == .emptyPacket)
        #expect(error([0, 0, 255], .binary) == .emptyPacket)
        #expect(error([1, 255, 4], .binary) == .invalidLength)
        #expect(error([1, 10, 255, 4], .binary) == .invalidLength)
        #expect(error([1, 2, 255, 4], .binary) == .truncated)
        #expect(error([1, 2], .binary) == .truncated)
        #expect(error([0, 2, 255, 0x34, 0xff], .binary) == .invalidUTF8)
        #expect(error([] as [UInt8], .binary) == .emptyPacket)
    }

    @Test func `one packet more than allowed is an error, empty ones counted`() throws {
        #expect(try read(Array("1:41:4".utf8), .counted, maxPackets: 2).count == 2)
        #expect(throws: EngineProtocolError.tooManyPackets(limit: 2)) {
            try read(Array("1:40:0:".utf8), .counted, maxPackets: 2)
        }
        #expect(throws: EngineProtocolError.tooManyPackets(limit: 1)) {
            try read([1, 1, 255, 4, 1, 1, 255, 4], .binary, maxPackets: 1)
        }
        #expect(throws: EngineProtocolError.tooManyPackets(limit: 1)) {
            try read(Array("4\u{1e}4".utf8), .separated, maxPackets: 1)
        }
    }

    @Test func `a form's field is decoded, with its line feeds`() throws {
        func field(_ body: String) throws -> String {
            String(decoding: try EngineJSONP.payload(of: Array(body.utf8).span.bytes), as: UTF8.self)
        }
        #expect(try field("d=a") == "a")
        #expect(try field("x=1&d=a%20b+c%2B&y") == "a b c+")
        #expect(try field(#"d=\n|\\n|\\\n|\x|\"#) == "\n|\\n|\\\\n|\\x|\\")
        #expect(try field("d=") == "")
        for wrong in ["", "x=1", "dd=1", "d", "d=%", "d=%4", "d=%zz"] {
            #expect(throws: EngineProtocolError.invalidForm) { try field(wrong) }
        }
    }

    @Test func `only digits of a JSONP index are used`() {
        #expect(EngineJSONP.index("12") == "12")
        #expect(EngineJSONP.index("1);alert(2)//") == "12")
        #expect(EngineJSONP.index("") == "0")
        #expect(EngineJSONP.index(String(repeating: "7", count: 100)) == "7777777777")
    }

    /// Every cut and many changes of valid payloads: packets or an error, with ranges inside the body.
    @Test func `damaged payloads are packets or an error`() {
        let samples: [([UInt8], EnginePayloadReader.Form)] = [
            (Array("4héllo\u{1e}bAQIDBA==\u{1e}2probe".utf8), .separated),
            (Array("6:4héllo10:b4AQIDBA==1:23:4😀".utf8), .counted),
            ([0, 6, 255, 0x34, 104, 101, 108, 108, 111, 1, 5, 255, 4, 1, 2, 3, 4], .binary),
        ]
        for (sample, form) in samples {
            for end in 0...sample.count { check(Array(sample[..<end]), form) }
            for place in sample.indices {
                for byte in stride(from: 0, to: 256, by: 3) {
                    var damaged = sample
                    damaged[place] = UInt8(byte)
                    check(damaged, form)
                }
            }
        }
    }

    private func check(_ body: [UInt8], _ form: EnginePayloadReader.Form) {
        for packet in (try? read(body, form)) ?? [] {
            switch packet.content {
            case .text(let range): #expect(String(validating: body[range], as: UTF8.self) != nil)
            case .binary(let range): #expect(range.upperBound <= body.count)
            case .decoded: break
            }
        }
    }
}
