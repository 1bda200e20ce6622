import Bytes
import JSON
import Testing

@testable import SocketIOClient

@Suite struct `Packets of a client` {
    private static func read(_ text: String, _ attachments: [UInt8]...) throws(ClientError) -> SocketPacket? {
        var reader = SocketPacketReader(maxAttachments: 3, maxBytes: 10)
        var packet = try reader.read(text: Array(text.utf8).span.bytes)
        for attachment in attachments { packet = try reader.read(binary: attachment.span.bytes) }
        return packet
    }

    @Test(arguments: [
        ("0", SocketPacket(kind: .connect)),
        (#"0/admin,{"token":"x"}"#, SocketPacket(kind: .connect, namespace: "/admin", values: [["token": "x"]])),
        ("1/admin,", SocketPacket(kind: .disconnect, namespace: "/admin")),
        (#"2["a",1]"#, SocketPacket(kind: .event, values: ["a", 1])),
        (#"2/n,12["a"]"#, SocketPacket(kind: .event, namespace: "/n", id: 12, values: ["a"])),
        ("30[]", SocketPacket(kind: .ack, id: 0)),
        (#"4{"message":"no"}"#, SocketPacket(kind: .connectError, values: [["message": "no"]])),
    ])
    func `are written and read`(text: String, packet: SocketPacket) throws {
        #expect(String(decoding: packet.encoded().text, as: UTF8.self) == text)
        #expect(packet.encoded().attachments.isEmpty)
        #expect(try Self.read(text) == packet)
    }

    @Test func `carry binary content beside the text`() throws {
        let packet = SocketPacket(
            kind: .event, namespace: "/n", id: 3,
            values: ["a", .bytes([1, 2]), ["b": .bytes([]), "c": [.bytes([9])]]])
        let (text, attachments) = packet.encoded()
        let wire =
            #"53-/n,3["a",{"_placeholder":true,"num":0},"#
            + #"{"b":{"_placeholder":true,"num":1},"c":[{"_placeholder":true,"num":2}]}]"#
        #expect(String(decoding: text, as: UTF8.self) == wire)
        #expect(attachments == [[1, 2], [], [9]])
        #expect(try Self.read(wire) == nil)
        #expect(try Self.read(wire, [1, 2], [], [9]) == packet)
        #expect(try Self.read(#"61-7[{"_placeholder":true,"num":0}]"#, [5])?.kind == .ack)
    }

    @Test(arguments: ["", "7", "x", "5[]", "51[]", "2{}", "2[", #"2["a"] "b""#, "3nonsense", "0{"])
    func `are refused where they are none`(text: String) {
        #expect(throws: ClientError.self) { try Self.read(text) }
    }

    @Test func `must not interrupt each other`() throws {
        var reader = SocketPacketReader(maxAttachments: 3, maxBytes: 10)
        let binary: [UInt8] = [1]
        #expect(throws: ClientError.self) { try reader.read(binary: binary.span.bytes) }
        #expect(try reader.read(text: Array(#"51-["a",{"_placeholder":true,"num":0}]"#.utf8).span.bytes) == nil)
        #expect(throws: ClientError.self) { try reader.read(text: Array(#"2["b"]"#.utf8).span.bytes) }
    }

    @Test func `have attachments up to both limits`() throws {
        #expect(try Self.read("53-[]", [], [], [])?.values == [])
        #expect(throws: ClientError.self) { try Self.read("54-[]") }
        let ten = [UInt8](repeating: 1, count: 10)
        #expect(try Self.read("52-[]", ten, []) != nil)
        #expect(throws: ClientError.self) { try Self.read("52-[]", ten, [1]) }
    }

    @Test func `may name a placeholder that is not there`() throws {
        let packet = try Self.read(#"51-["a",{"_placeholder":true,"num":7}]"#, [1])
        #expect(packet?.values.last == ["_placeholder": true, "num": 7])
    }
}

@Suite struct `The wait before a reconnection` {
    @Test func `doubles up to the longest`() {
        var options = ReconnectionOptions()
        options.jitter = 0
        #expect(
            (0..<5).map { options.wait(before: $0, random: 0.3) } == [
                .seconds(1), .seconds(2), .seconds(4), .seconds(5), .seconds(5),
            ])
        #expect(options.wait(before: .max, random: 1) == .seconds(5))
    }

    @Test func `is spread at random`() {
        let options = ReconnectionOptions()
        #expect(options.wait(before: 0, random: 0) == .milliseconds(500))
        #expect(options.wait(before: 0, random: 0.5) == .seconds(1))
        #expect(options.wait(before: 0, random: 1) == .milliseconds(1_500))
    }
}
