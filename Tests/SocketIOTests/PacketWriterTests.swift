import Bytes
import JSON
import Testing

@testable import SocketIO

@Suite struct PacketWriterTests {
    private func event(
        _ name: String, prefix: String = "", id: UInt64? = nil, _ body: (inout PacketWriter) throws -> Void
    ) rethrows -> [String] {
        var writer = PacketWriter()
        writer.begin(.event, prefix: Array(prefix.utf8), id: id)
        try writer.writeArray(name: name, rebuildable: body)
        writer.finish()
        let payload = String(decoding: writer.text[writer.payloadStart...], as: UTF8.self)
        #expect(payload.first == "[")
        return [String(decoding: writer.text, as: UTF8.self)] + writer.attachments.map { Hex.encode($0.array) }
    }

    private func received(_ text: String, _ attachments: [[UInt8]] = []) throws -> EventArguments {
        var content = EventContent()
        let bytes = Array(text.utf8)
        try content.fill(event: bytes.span.bytes, id: nil, limits: .knownUTF8)
        content.attachments = attachments.map { SharedBytes($0) }
        return EventArguments(storage: EventStorage(content), indices: 1..<content.elements.count)
    }

    @Test func `an event is its name and arguments`() {
        #expect(event("a") { _ in } == [#"2["a"]"#])
        #expect(event("a", prefix: "/chat,", id: 12) { $0.append(.null) } == [#"2/chat,12["a",null]"#])
        #expect(event("\"\\\n") { $0.append(["x": [1, 2.5, true]]) } == [#"2["\"\\\n",{"x":[1,2.5,true]}]"#])
        #expect(event("a", id: .max) { _ in } == [#"218446744073709551615["a"]"#])
    }

    @Test func `values of any encodable type become arguments`() throws {
        struct Point: Encodable { var x = 1, y: Double? = nil }
        let written = try event("a") { writer in
            try writer.append(encoding: "text")
            try writer.append(encoding: 1)
            try writer.append(encoding: 1.5)
            try writer.append(encoding: true)
            try writer.append(encoding: Optional<Int>.none)
            try writer.append(encoding: ["k": [1, 2]])
            try writer.append(encoding: Point())
            try writer.append(encoding: JSONValue.object([.init("v", 1)]))
            try writer.append(encoding: try EncodedJSON(Array(#"{"raw": 1.0}"#.utf8)))
            try writer.append(encoding: Double.nan)
        }
        #expect(written == [#"2["a","text",1,1.5,true,null,{"k":[1,2]},{"x":1},{"v":1},{"raw": 1.0},null]"#])
    }

    @Test func `attachments are numbered depth first and counted in the header`() throws {
        let value: JSONValue = ["a": .bytes([1]), "b": [.bytes([2]), ["c": .bytes([3])]]]
        let written = try event("x", prefix: "/n,", id: 3) { writer in
            writer.append(value)
            try writer.append(encoding: [4, 5] as [UInt8])
        }
        let placeholders = (0..<4).map { #"{"_placeholder":true,"num":\#($0)}"# }
        let object = #"{"a":\#(placeholders[0]),"b":[\#(placeholders[1]),{"c":\#(placeholders[2])}]}"#
        #expect(written == [#"54-/n,3["x",\#(object),\#(placeholders[3])]"#, "01", "02", "03", "0405"])
    }

    @Test func `passed-on arguments keep every byte`() throws {
        let arguments = try received(#"["old", {"b":1.50,"a":"\u00e9"} ,[1 , 2],"z"]"#)
        #expect(event("new") { $0.append(arguments) } == [#"2["new",{"b":1.50,"a":"\u00e9"} ,[1 , 2],"z"]"#])
        #expect(event("new") { $0.append(arguments.dropFirst(2)) } == [#"2["new","z"]"#])
        #expect(event("new") { $0.append(arguments.only(1)) } == [#"2["new",[1 , 2]]"#])
        #expect(event("new") { $0.append(arguments.only(9)) } == [#"2["new"]"#])
        #expect(event("new") { $0.append(try! received(#"["old"]"#)) } == [#"2["new"]"#])
    }

    @Test func `passed-on attachments go along`() throws {
        let arguments = try received(#"["old",{"_placeholder":true,"num":0},1]"#, [[9, 8]])
        let zero = #"{"_placeholder":true,"num":0}"#
        let one = #"{"_placeholder":true,"num":1}"#
        #expect(event("new") { $0.append(arguments) } == [#"51-["new",\#(zero),1]"#, "0908"])
        // Numbers that would clash are given anew.
        let twice = event("new") { writer in
            writer.append(arguments)
            writer.append(arguments)
        }
        #expect(twice == [#"52-["new",\#(zero),1,\#(one),1]"#, "0908", "0908"])
        let behind = event("new") { writer in
            writer.append(.bytes([1]))
            writer.append(arguments)
        }
        #expect(behind == [#"52-["new",\#(zero),\#(one),1]"#, "01", "0908"])
        #expect(event("new") { $0.append(arguments.dropFirst()) } == [#"2["new",1]"#])
    }

    @Test func `a stranger's object cannot pose as an attachment of someone else`() throws {
        let fake = try received(#"["old",{"_placeholder":true,"num":7}]"#)
        // Without attachments nobody takes it for one.
        #expect(event("new") { $0.append(fake) } == [#"2["new",{"_placeholder":true,"num":7}]"#])
        let mixed = event("new") { writer in
            writer.append(fake)
            writer.append(.bytes([1]))
        }
        #expect(mixed == [#"51-["new",{"num":7},{"_placeholder":true,"num":0}]"#, "01"])
        let built = event("new") { writer in
            writer.append(.bytes([1]))
            writer.append(fake[0])
        }
        #expect(built == [#"51-["new",{"_placeholder":true,"num":0},{"num":7}]"#, "01"])
    }

    @Test func `one more argument is put behind the others`() throws {
        var writer = PacketWriter()
        writer.begin(.event, prefix: [], id: nil)
        writer.writeArray(name: "a", rebuildable: { $0.append("x") })
        let packet = EventPacket(writer).appending(Array("Q7".utf8))
        #expect(packet.text == SharedBytes(#"2["a","x","Q7"]"#))
        #expect(packet.arguments.values == ["a", "x", "Q7"])
    }

    @Test func `values nested beyond any parser are left out and do not trap`() {
        var value = JSONValue.null
        for _ in 0..<600 { value = [value] }
        #expect(EventArguments([value]).isEmpty)
        #expect(EventArguments([1, .bytes([2])]).values == [1, .bytes([2])])
        #expect(EventArguments.none.values == [])
    }
}
