import Bytes
import JSON
import Testing

@testable import SocketIO

@Suite struct EventArgumentsTests {
    private func arguments(_ text: String) throws -> EventArguments {
        let bytes = Array(text.utf8)
        return try EventArguments(json: bytes.span.bytes)
    }

    @Test func `members are found without building the object`() throws {
        let arguments = try arguments(#"[{"room":"a\u0062c","n":5.0,"room2":null,"m":{"room":"no"}},"text",7]"#)
        #expect(arguments.string(member: "room", of: 0) == "abc")
        #expect(arguments.string(member: "n", of: 0) == nil)
        #expect(arguments.integer(member: "n", of: 0) == 5)
        #expect(arguments.value(member: "room2", of: 0) == .null)
        #expect(arguments.value(member: "none", of: 0) == nil)
        #expect(arguments.string(member: "room", of: 1) == nil)
        #expect(arguments.string(member: "room", of: 9) == nil)
        #expect(arguments.string(at: 1) == "text")
        #expect(arguments.string(at: 2) == nil)
    }

    @Test func `members are found together, and nothing of a container is built`() throws {
        let arguments = try arguments(
            #"[{"s":"a\u0062c","n":5.0,"no":null,"t":true,"o":{"s":"x"},"a":[1],"s":"last","neg":-7,"f":0.5},"text"]"#)
        let names = ["s", "n", "no", "t", "o", "a", "neg", "f", "none"]
        let members = EventMembers(JSONMemberNames(names), of: 0, in: arguments)
        #expect(names.indices.map { members.string($0) } == ["last"] + [String?](repeating: nil, count: 8))
        #expect(names.indices.map { members.integer($0) } == [nil, 5, nil, nil, nil, nil, -7, nil, nil])
        #expect(names.indices.map { members.boolean($0) } == [nil, nil, nil, true, nil, nil, nil, nil, nil])
        #expect(names.indices.map { members.isGiven($0) } == [true, true, false, true, true, true, true, true, false])
        #expect(members.contains(2) && !members.contains(8) && !members.contains(16))
        for index in [1, 2, -1] {
            let none = EventMembers(JSONMemberNames(names), of: index, in: arguments)
            #expect(names.indices.allSatisfy { !none.contains($0) })
        }
    }

    @Test func `members of an argument that nests deeper than usual are found`() throws {
        let deep = String(repeating: "[", count: 200) + String(repeating: "]", count: 200)
        let bytes = Array(#"[{"deep":\#(deep),"room":"r"}]"#.utf8)
        let arguments = try EventArguments(json: bytes.span.bytes, limits: JSONLimits(maxDepth: 300))
        #expect(EventMembers(JSONMemberNames(["room"]), of: 0, in: arguments).string(0) == "r")
    }

    @Test func `quick look-up and decoding agree on a name that comes twice`() throws {
        struct Join: Decodable { var room: String }
        let arguments = try arguments(#"[{"room":"first","room":"last"}]"#)
        #expect(arguments.string(member: "room", of: 0) == "last")
        #expect(arguments[0]["room"] == "last")
        #expect(try arguments.decode(Join.self, at: 0).room == "last")
    }

    @Test func `absent arguments are null, or nil for an optional`() throws {
        let arguments = try arguments("[1]")
        #expect(arguments.count == 1)
        #expect(arguments[1] == .null)
        #expect(arguments[-1] == .null)
        #expect(try arguments.decode(Int?.self, at: 1) == nil)
        #expect(try arguments.decode(JSONValue.self, at: 1) == .null)
        #expect(throws: DecodingError.self) { try arguments.decode(Int.self, at: 1) }
        #expect(arguments.json(0).array == Array("1".utf8))
        #expect(arguments.json(5).byteCount == 0)
    }

    @Test func `attachments stand in their places`() throws {
        let arguments = EventArguments([["file": .bytes([1, 2])], .bytes([3])])
        #expect(arguments.isBinary)
        #expect(arguments[0] == ["file": .bytes([1, 2])])
        #expect(arguments.bytes(at: 1) == [3])
        #expect(arguments.bytes(at: 0) == nil)
        #expect(try arguments.decode([UInt8].self, at: 1) == [3])
        #expect(arguments.value(member: "file", of: 0) == .bytes([1, 2]))
    }

    @Test func `only an array is a list of arguments`() {
        #expect(throws: JSONError.notAnArray) { try arguments("{}") }
        #expect(throws: JSONError.unexpectedEnd) { try arguments("[1") }
        #expect(throws: JSONError.tooDeep(limit: 64)) {
            try arguments(String(repeating: "[", count: 65) + String(repeating: "]", count: 65))
        }
    }

    @Test func `a number beyond a double is null and not a trap`() throws {
        #expect(try arguments("[1e999]")[0] == .null)
    }
}
