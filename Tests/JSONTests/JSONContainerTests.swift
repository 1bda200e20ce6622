import FoundationEssentials
import JSON
import Testing

@Suite("JSON coding containers")
struct JSONContainerTests {
    @Test func `containers inside containers are written and read, null by null`() throws {
        let encoded = try JSONValueEncoder().encode(Everything())
        #expect(
            encoded == [
                "none": nil, "object": ["x": 1], "array": [2, nil, ["y": 3], [4], 5], "super": 6, "empty": [],
                "unset": [:],
            ])
        #expect(try JSONValueDecoder().decode(Everything.self, from: encoded).heard == [1, 2, nil, 3, 4, 5, 6])
    }

    @Test func `a value is a field of types that other coders handle, too`() throws {
        let value: JSONValue = ["a": [1, 2.5, "x", true, nil], "b": [:], "bytes": .bytes([1, 2])]
        let text = try JSONEncoder().encode(["value": value])
        let decoded = try JSONDecoder().decode([String: JSONValue].self, from: text)["value"]
        #expect(decoded?["a"] == value["a"])
        #expect(decoded?["b"] == [:])
        #expect(decoded?["bytes"] == [1, 2])
        #expect(try JSONValueDecoder().decode([JSONValue].self, from: [value, nil]) == [value, nil])
    }
}

/// Uses every way of the containers that no synthesized code does.
private struct Everything: Codable {
    var heard: [Int?] = []

    private enum Keys: CodingKey { case none, object, array, `super`, empty, unset }
    private enum Inner: CodingKey { case x, y }

    init() {}

    func encode(to encoder: any Encoder) throws {
        var outer = encoder.container(keyedBy: Keys.self)
        try outer.encodeNil(forKey: .none)
        var object = outer.nestedContainer(keyedBy: Inner.self, forKey: .object)
        try object.encode(1, forKey: .x)
        var array = outer.nestedUnkeyedContainer(forKey: .array)
        try array.encode(2)
        try array.encodeNil()
        var element = array.nestedContainer(keyedBy: Inner.self)
        try element.encode(3, forKey: .y)
        var inner = array.nestedUnkeyedContainer()
        try inner.encode(4)
        var last = array.superEncoder().singleValueContainer()
        try last.encode(5)
        var parent = outer.superEncoder(forKey: .super).singleValueContainer()
        try parent.encode(6)
        _ = outer.nestedUnkeyedContainer(forKey: .empty)
        _ = outer.superEncoder(forKey: .unset)
    }

    init(from decoder: any Decoder) throws {
        let outer = try decoder.container(keyedBy: Keys.self)
        let object = try outer.nestedContainer(keyedBy: Inner.self, forKey: .object)
        heard.append(try object.decode(Int.self, forKey: .x))
        var array = try outer.nestedUnkeyedContainer(forKey: .array)
        heard.append(try array.decodeNil() ? nil : try array.decode(Int.self))
        heard.append(try array.decodeNil() ? nil : 0)
        heard.append(try array.nestedContainer(keyedBy: Inner.self).decode(Int.self, forKey: .y))
        var inner = try array.nestedUnkeyedContainer()
        heard.append(try inner.decode(Int.self))
        let last = try array.superDecoder().singleValueContainer()
        heard.append(last.decodeNil() ? nil : try last.decode(Int.self))
        let parent = try outer.superDecoder(forKey: .super).singleValueContainer()
        heard.append(parent.codingPath.count == 1 ? try parent.decode(Int.self) : nil)
        guard try outer.decodeNil(forKey: .none), array.count == array.currentIndex, inner.isAtEnd else {
            throw DecodingError.dataCorruptedError(
                forKey: .array, in: outer, debugDescription: "More than was written.")
        }
    }
}
