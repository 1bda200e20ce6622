import Bytes
import EngineIO
import EventLoops
import JSON
import Testing

@testable import SocketIO

@Suite struct MessagePackTests {
    private func read(_ hex: String, limits: JSONLimits = .knownUTF8, max: Int = 10) throws -> EventArguments {
        let bytes = try #require(Hex.decode(hex))
        var reader = MessagePackReader(bytes.span.bytes, limits: limits, maxAttachments: max)
        let range = try reader.readJSON()
        guard reader.isAtEnd else { throw PacketError.malformedMessagePack }
        var content = EventContent()
        let text = Array("[".utf8) + reader.json[range] + Array("]".utf8)
        try content.fill(answer: text.span.bytes, limits: .knownUTF8)
        content.attachments = reader.attachments
        return EventArguments(content)
    }

    private func written(_ value: JSONValue) -> String {
        var out: [UInt8] = []
        MessagePackWriter.append(value, to: &out)
        return Hex.encode(out)
    }

    @Test(
        arguments: [
            ("c0", .null), ("c2", false), ("c3", true), ("00", 0), ("7f", 127), ("ff", -1), ("e0", -32), ("cc80", 128),
            ("ccff", 255), ("d17fff", 32767), ("d1ff7f", -129), ("d1ffdf", -33), ("d200010000", 65536),
            ("d280000000", -2_147_483_648),
            ("d37fffffffffffffff", 9_223_372_036_854_775_807), ("d38000000000000000", -9_223_372_036_854_775_808),
            ("cb3ff8000000000000", 1.5), ("a0", ""), ("a161", "a"), ("93010203", [1, 2, 3]), ("90", []), ("80", [:]),
            ("81a16101", ["a": 1]), ("c403010203", .bytes([1, 2, 3])), ("c400", .bytes([])),
        ] as [(String, JSONValue)])
    func `values are written as the format has them, and read back`(hex: String, value: JSONValue) throws {
        #expect(written(value) == hex)
        #expect(try read(hex)[0] == value)
    }

    @Test(
        arguments: [
            ("cd0100", 256), ("ce00010000", 65536), ("cf0000000100000000", 4_294_967_296), ("d0ff", -1), ("d080", -128),
            ("ca3fc00000", 1.5), ("cfffffffffffffffff", 18_446_744_073_709_551_615.0), ("d90161", "a"),
            ("da000161", "a"),
            ("db0000000161", "a"), ("dc00020102", [1, 2]), ("dd0000000101", [1]), ("de0001a16101", ["a": 1]),
            ("df00000001a16101", ["a": 1]), ("c5000101", .bytes([1])), ("c60000000101", .bytes([1])),
            // Not a number, and infinity.
            ("cb7ff8000000000000", .null), ("cb7ff0000000000000", .null),
            // notepack: undefined, typed arrays, dates of version 2; dates of version 3.
            ("d40000", .null), ("c7020001ff", .bytes([1, 255])), ("d5000102", .bytes([1, 2])),
            ("c80001000a", .bytes([10])),
            ("d7000000019a0062d33d", "2025-10-20T06:51:07.965Z"), ("d6ff00000001", "1970-01-01T00:00:01.000Z"),
            ("d7ffee2e1f0000000001", "1970-01-01T00:00:01.999Z"),
            ("c70cff000f4240ffffffffffffffff", "1969-12-31T23:59:59.001Z"), ("d7007fffffffffffffff", .null),
            ("c70cff000000007fffffffffffffff", .null),
        ] as [(String, JSONValue)])
    func `every other form is read as well`(hex: String, value: JSONValue) throws {
        #expect(try read(hex)[0] == value)
    }

    @Test(arguments: [
        "", "c1", "cc", "d9", "a2c3", "a1ff", "92", "81a1", "8101a161", "81c001", "c4", "c5ffff00", "c6ffffffff00",
        "dbffffffff00", "ddffffffff00", "dfffffffff00", "d40100", "d4ff00", "c70105ff", "0000",
    ])
    func `what is cut off or of no known form is refused`(hex: String) {
        #expect(throws: PacketError.self) { try read(hex) }
    }

    @Test func `longer texts, bytes, arrays and maps have longer heads`() throws {
        for count in [31, 32, 255, 256, 65_535, 65_536] {
            let values: [JSONValue] = [
                .string(String(repeating: "x", count: count)), .bytes([UInt8](repeating: 1, count: count)),
                .array(Array(repeating: 1, count: count)),
                .object((0..<count).map { JSONValue.Member("k\($0)", 1) }),
            ]
            for value in values {
                var out: [UInt8] = []
                MessagePackWriter.append(value, to: &out)
                #expect(try read(Hex.encode(out))[0] == value)
            }
        }
    }

    @Test func `depth, values and attachments are bounded`() throws {
        let deep = JSONLimits(maxDepth: 3, checksUTF8: false)
        #expect(try read("919191" + "01", limits: deep).count == 1)
        #expect(throws: PacketError.malformedJSON(.tooDeep(limit: 3))) { try read("91919191" + "01", limits: deep) }
        let few = JSONLimits(maxValues: 3, checksUTF8: false)
        #expect(try read("920101", limits: few).count == 1)
        #expect(throws: PacketError.malformedJSON(.tooManyValues(limit: 3))) { try read("93010101", limits: few) }
        #expect(try read("92c40101c40101", max: 2).isBinary)
        #expect(throws: PacketError.tooManyAttachments(limit: 1)) { try read("92c40101c40101", max: 1) }
    }

    @Test func `an object cannot pose as binary content`() {
        var out: [UInt8] = []
        MessagePackWriter.append(["_placeholder": true, "num": 0], to: &out)
        #expect(throws: PacketError.illegalPlaceholder) { try read(Hex.encode(out)) }
    }

    // MARK: Packets

    private func packet(_ members: JSONValue) -> [UInt8] {
        var out: [UInt8] = []
        MessagePackWriter.append(members, to: &out)
        return out
    }

    private func decoded(_ hex: String) throws -> JSONValue {
        try read(String(hex.dropFirst().dropLast()))[0]
    }

    @Test func `a session speaks in maps`() throws {
        let harness = Harness { $0.parser = .messagePack }
        let journal = Journal()
        for io in [harness.io.sockets, harness.io.of("/chat")] {
            io.on("echo") { (_: Socket, event: SocketEvent) in event.acknowledge(event.arguments) }
            io.onDisconnect { _, reason in journal.add(reason.rawValue) }
        }
        let client = harness.open()
        client.receive(packet(["type": 0, "nsp": "/", "data": ["token": "a"]]))
        let hello = try decoded(client.take()[0])
        #expect(hello["type"] == 0 && hello["nsp"] == "/" && hello["data"]?["sid"]?.stringValue?.utf8.count == 20)
        client.receive(
            packet([
                "type": 2, "nsp": "/", "id": 7, "data": ["echo", 1, .bytes([1, 2]), "x"], "options": ["compress": true],
            ]))
        let answer = try decoded(client.take()[0])
        #expect(answer == ["type": 3, "nsp": "/", "data": [1, .bytes([1, 2]), "x"], "id": 7])
        client.receive(packet(["type": 0, "nsp": "/none"]))
        #expect(try decoded(client.take()[0]) == ["type": 4, "nsp": "/none", "data": ["message": "Invalid namespace"]])
        client.receive(packet(["type": 0, "nsp": "/chat", "data": .null]))
        #expect(try decoded(client.take()[0])["nsp"] == "/chat")
        harness.io.of("/chat").emit("x", [9] as [UInt8], 1.5)
        #expect(try decoded(client.take()[0]) == ["type": 2, "nsp": "/chat", "data": ["x", .bytes([9]), 1.5]])
        harness.io.of("/chat").disconnectSockets()
        #expect(try decoded(client.take()[0]) == ["type": 1, "nsp": "/chat"])
        client.receive(packet(["type": 1, "nsp": "/"]))
        #expect(journal.take() == ["server namespace disconnect", "client namespace disconnect"])
        #expect(!client.isClosed)
    }

    @Test func `a client answers in maps`() {
        let harness = Harness { $0.parser = .messagePack }
        let journal = Journal()
        harness.io.on("connection") { socket in
            socket.emit("q") { journal.add("\((try? $0.get().values) ?? [])") }
        }
        let client = harness.open(revision: .v3)
        client.receive(packet(["type": 3, "nsp": "/", "id": 0, "data": ["yes"]]))
        #expect(journal.take() == [#"[JSON.JSONValue.string("yes")]"#])
    }

    @Test(
        arguments: [
            ["type": 5, "nsp": "/", "data": ["a"]], ["type": -1, "nsp": "/"], ["type": "2", "nsp": "/", "data": ["a"]],
            ["type": 2, "nsp": "/"], ["type": 2, "nsp": "/", "data": []], ["type": 2, "nsp": "/", "data": [["x"]]],
            ["type": 2, "nsp": "/", "data": ["connect"]], ["type": 2, "data": ["a"]],
            ["type": 2, "nsp": 1, "data": ["a"]],
            ["type": 2, "nsp": "/", "data": ["a": 1]], ["type": 1, "nsp": "/", "data": []], ["type": 4, "nsp": "/"],
            ["type": 0, "nsp": "/"], ["type": 2, "nsp": "/x", "data": ["a"]],
            ["type": 2, "nsp": "/", "id": "x", "data": ["a"]],
            ["type": 2, "nsp": "/", "id": 1.5, "data": ["a"]], [], .null, 1,
        ] as [JSONValue])
    func `what is no packet, or out of place, closes`(members: JSONValue) {
        let harness = Harness { $0.parser = .messagePack }
        let client = harness.open()
        client.receive(packet(["type": 0, "nsp": "/"]))
        client.receive(packet(members))
        #expect(client.isClosed)
    }

    @Test func `a text has no place there`() {
        let harness = Harness { $0.parser = .messagePack }
        let client = harness.open()
        client.receive("40")
        #expect(client.isClosed)
    }

    @Test func `missing events come back in maps`() throws {
        let harness = Harness {
            $0.parser = .messagePack
            $0.connectionStateRecovery = RecoveryOptions()
        }
        let client = harness.open()
        client.receive(packet(["type": 0, "nsp": "/"]))
        let hello = try decoded(client.take()[0])["data"]
        client.end(.transportClose)
        harness.io.emit("m", 1)
        let back = harness.open()
        let offset = OffsetText.text(
            try #require((harness.io.sockets.adapter as? MemoryAdapter)?.recovery?.state.withLock { $0.events.last })
                - 1)
        let auth: JSONValue = ["pid": hello?["pid"] ?? .null, "offset": .string(offset)]
        back.receive(packet(["type": 0, "nsp": "/", "data": auth]))
        harness.run()
        let sent = try back.take().map { try decoded($0) }
        #expect(sent.count == 2 && sent[0]["data"]?[0] == "m" && sent[1]["data"]?["sid"] == hello?["sid"])
    }
}
