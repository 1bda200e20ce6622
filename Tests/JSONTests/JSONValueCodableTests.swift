import JSON
import Testing

@Suite("JSON values and Codable")
struct JSONValueCodableTests {
    private enum Kind: String, Codable { case text, image }

    private struct Author: Codable, Equatable {
        var name: String
        var age: Int?
    }

    private struct Message: Codable, Equatable {
        var kind: Kind
        var author: Author
        var tags: [String]
        var sizes: [String: Double]
        var content: [UInt8]
        var extra: JSONValue
        var isOld: Bool
    }

    private let message = Message(
        kind: .image, author: Author(name: "Ann"), tags: ["a", "b"], sizes: ["x": 1.5], content: [1, 2, 3],
        extra: ["free": [1, nil]], isOld: false)

    private let value: JSONValue = [
        "kind": "image", "author": ["name": "Ann"], "tags": ["a", "b"], "sizes": ["x": 1.5],
        "content": .bytes([1, 2, 3]),
        "extra": ["free": [1, nil]], "isOld": false,
    ]

    @Test func `a struct becomes an object in the order of its fields, bytes stay bytes`() throws {
        #expect(try JSONValueEncoder().encode(message) == value)
    }

    @Test func `an object becomes a struct; null and absence are nil, further members are ignored`() throws {
        #expect(try JSONValueDecoder().decode(Message.self, from: value) == message)
        let author: JSONValue = ["age": nil, "name": "Bo", "other": 1]
        #expect(try JSONValueDecoder().decode(Author.self, from: author) == Author(name: "Bo", age: nil))
        #expect(try JSONValueDecoder().decode(Author.self, from: ["name": "Cy", "age": 7.0]).age == 7)
    }

    @Test func `scalars, optionals, arrays and dictionaries stand alone too`() throws {
        let decoder = JSONValueDecoder()
        let encoder = JSONValueEncoder()
        #expect(try decoder.decode(Int?.self, from: nil) == nil)
        #expect(try decoder.decode([Int?].self, from: [1, nil]) == [1, nil])
        #expect(try decoder.decode([[Bool]].self, from: [[true], []]) == [[true], []])
        #expect(try decoder.decode([UInt8].self, from: [1, 255]) == [1, 255])
        #expect(try decoder.decode([Int: String].self, from: ["5": "x"]) == [5: "x"])
        #expect(try decoder.decode([Float].self, from: [1, 0.5]) == [1, 0.5])
        #expect(try decoder.decode([Double].self, from: [1, 0.5]) == [1, 0.5])
        #expect(try decoder.decode([UInt64].self, from: [0, 7.0]) == [0, 7])
        #expect(try encoder.encode([1, nil]) == [1, nil])
        #expect(try encoder.encode(["a": [true]]) == ["a": [true]])
        #expect(try encoder.encode(Float(0.1)) == 0.1)
        #expect(try encoder.encode(UInt64.max) == .double(0x1p64))
        #expect(try encoder.encode(Kind.text) == "text")
    }

    @Test func `a superclass is kept under its own key`() throws {
        let derived = Derived(base: 1, own: 2)
        let encoded = try JSONValueEncoder().encode(derived)
        #expect(encoded == ["own": 2, "super": ["base": 1]])
        let decoded = try JSONValueDecoder().decode(Derived.self, from: encoded)
        #expect(decoded.base == 1 && decoded.own == 2)
    }

    @Test func `nested containers keep their places`() throws {
        let point = Segment(from: (1, 2), to: (3, 4))
        let encoded = try JSONValueEncoder().encode(point)
        #expect(encoded == [["x": 1, "y": 2], [3, 4]])
        #expect(try JSONValueDecoder().decode(Segment.self, from: encoded) == point)
    }

    @Test(arguments: [Double.nan, .infinity, -.infinity])
    func `a number that is not finite is refused`(number: Double) {
        #expect(throws: EncodingError.self) { try JSONValueEncoder().encode([number]) }
    }

    @Test func `an error names the path, the expectation and the finding`() {
        #expect(
            describe(Message.self, ["kind": "text", "author": ["name": 5]])
                == "author.name: Send a string instead of this number.")
        #expect(describe(Message.self, ["kind": "text", "author": [:]]) == "author: Send the member \"name\".")
        #expect(describe([UInt8].self, [1, 256]) == "1: Send a whole number from 0 to 255 instead of this number.")
        #expect(describe([Int].self, [1, 2.5]).hasPrefix("1: Send a whole number"))
        #expect(describe([Double].self, ["x"]) == "0: Send a number instead of a string.")
        #expect(describe([Bool].self, [nil]) == "0: Send true or false instead of null.")
        #expect(describe([Int].self, "x") == ": Send an array instead of a string.")
        #expect(describe([String: Int].self, [1]) == ": Send an object instead of an array.")
        #expect(describe(Pair.self, [1]) == "1: Send at least 2 elements.")
        #expect(describe(Float.self, 1e300) == ": Send a number instead of this number.")
        #expect(describe(Kind.self, "film").contains("film"))
    }

    @Test func `of duplicate members the last one is decoded, in small and large objects`() throws {
        let small: JSONValue = ["a": 1, "a": 2]
        #expect(try JSONValueDecoder().decode([String: Int].self, from: small) == ["a": 2])
        let large = JSONValue.object((0..<100).map { JSONValue.Member("k\($0 % 20)", .integer($0)) })
        let decoded = try JSONValueDecoder().decode([String: Int].self, from: large)
        #expect(decoded.count == 20 && decoded["k3"] == 83)
    }

    @Test(.timeLimit(.minutes(10)))
    func `a large object costs a look-up each, not a search`() throws {
        let large = JSONValue.object((0..<50_000).map { JSONValue.Member("k\($0)", .integer($0)) })
        #expect(try JSONValueDecoder().decode([String: Int].self, from: large).count == 50_000)
    }

    private func describe<T: Decodable>(_ type: T.Type, _ value: JSONValue) -> String {
        do {
            _ = try JSONValueDecoder().decode(type, from: value)
            return "no error"
        } catch let error as DecodingError {
            switch error {
            case .typeMismatch(_, let context), .valueNotFound(_, let context), .keyNotFound(_, let context),
                .dataCorrupted(let context):
                return context.codingPath.map(\.stringValue).joined(separator: ".") + ": " + context.debugDescription
            @unknown default: return "unknown"
            }
        } catch {
            return "\(error)"
        }
    }
}

private class Base: Codable {
    var base: Int
    init(base: Int) { self.base = base }
}

private final class Derived: Base {
    var own: Int

    private enum CodingKeys: CodingKey { case own }

    init(base: Int, own: Int) {
        self.own = own
        super.init(base: base)
    }

    required init(from decoder: any Decoder) throws {
        let container = try decoder.container(keyedBy: CodingKeys.self)
        own = try container.decode(Int.self, forKey: .own)
        try super.init(from: container.superDecoder())
    }

    override func encode(to encoder: any Encoder) throws {
        var container = encoder.container(keyedBy: CodingKeys.self)
        try container.encode(own, forKey: .own)
        try super.encode(to: container.superEncoder())
    }
}

private struct Segment: Codable, Equatable {
    var from: (Int, Int)
    var to: (Int, Int)

    private enum Keys: CodingKey { case x, y }

    init(from: (Int, Int), to: (Int, Int)) {
        self.from = from
        self.to = to
    }

    init(from decoder: any Decoder) throws {
        var points = try decoder.unkeyedContainer()
        let first = try points.nestedContainer(keyedBy: Keys.self)
        from = (try first.decode(Int.self, forKey: .x), try first.decode(Int.self, forKey: .y))
        var second = try points.nestedUnkeyedContainer()
        to = (try second.decode(Int.self), try second.decode(Int.self))
    }

    func encode(to encoder: any Encoder) throws {
        var points = encoder.unkeyedContainer()
        var first = points.nestedContainer(keyedBy: Keys.self)
        try first.encode(from.0, forKey: .x)
        try first.encode(from.1, forKey: .y)
        var second = points.nestedUnkeyedContainer()
        try second.encode(to.0)
        try second.encode(to.1)
    }

    static func == (a: Self, b: Self) -> Bool { a.from == b.from && a.to == b.to }
}

private struct Pair: Decodable {
    init(from decoder: any Decoder) throws {
        var container = try decoder.unkeyedContainer()
        _ = try container.decode(Int.self)
        _ = try container.decode(Int.self)
    }
}
