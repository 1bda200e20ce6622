/// Turns a `JSONValue` into `Decodable` types, without Foundation.
///
/// A whole number is taken for an integer whether it was written `5` or `5.0`; `.bytes` is taken for `[UInt8]`, and so
/// is an array of numbers. Errors are `DecodingError`s that name the path, what was expected and what was found.
public struct JSONValueDecoder: Sendable {
    public init() {}

    /// Makes a `Decodable` of a value. Throws `DecodingError`.
    public func decode<T: Decodable>(_ type: T.Type = T.self, from value: JSONValue) throws -> T {
        try ValueDecoder(value: value, codingPath: []).decode(type)
    }
}

struct ValueDecoder: Decoder {
    let value: JSONValue
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func decode<T: Decodable>(_ type: T.Type) throws -> T {
        try Self.decode(type, from: value, codingPath: codingPath)
    }

    /// Decodes a value of any type. The path is made only where it is needed: most values are scalars of the right
    /// kind.
    static func decode<T: Decodable>(
        _ type: T.Type, from value: JSONValue, codingPath: @autoclosure () -> [any CodingKey]
    ) throws -> T {
        if let common = commonScalar(type, value) { return common }
        if let scalar = type as? any JSONScalar.Type {
            if let decoded = scalar.init(scalar: value) as? T { return decoded }
            throw ValueDecoder(value: value, codingPath: codingPath()).mismatch(T.self, scalar.expectation)
        }
        if T.self == [UInt8].self, let bytes = value.bytesValue as? T { return bytes }
        return try T(from: ValueDecoder(value: value, codingPath: codingPath()))
    }

    /// What the general way does, without its look-up of a conformance, for the types that most fields have.
    private static func commonScalar<T>(_ type: T.Type, _ value: JSONValue) -> T? {
        switch value {
        // Each cast is from a type to itself: the two metatypes have just been compared.
        case .string(let value) where T.self == String.self: unsafe unsafeBitCast(value, to: T.self)
        case .integer(let value) where T.self == Int.self: unsafe unsafeBitCast(Int(value), to: T.self)
        case .bool(let value) where T.self == Bool.self: unsafe unsafeBitCast(value, to: T.self)
        default: nil
        }
    }

    func container<Key: CodingKey>(keyedBy type: Key.Type) throws -> KeyedDecodingContainer<Key> {
        guard let members = value.objectMembers else { throw mismatch([String: JSONValue].self, "an object") }
        return KeyedDecodingContainer(ValueKeyedContainer<Key>(members, codingPath: codingPath))
    }

    func unkeyedContainer() throws -> any UnkeyedDecodingContainer {
        guard let elements = value.arrayValue else { throw mismatch([JSONValue].self, "an array") }
        return ValueUnkeyedContainer(elements, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueDecodingContainer { ValueSingleContainer(decoder: self) }

    /// The error for a value of the wrong kind; one for an absent value where that is `null`.
    func mismatch(_ type: Any.Type, _ expectation: String) -> DecodingError {
        let context = DecodingError.Context(
            codingPath: codingPath, debugDescription: "Send \(expectation) instead of \(value.kindDescription).")
        return value.isNull ? .valueNotFound(type, context) : .typeMismatch(type, context)
    }
}

extension JSONValue {
    /// What kind of value this is, for an error text; never its content.
    fileprivate var kindDescription: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer, .double: "this number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        case .bytes: "bytes"
        }
    }
}

/// So that a `JSONValue` may be a field of a `Codable` type. Other coders than this module's see arrays and maps.
extension JSONValue: Codable {
    public init(from decoder: any Decoder) throws {
        if let own = decoder as? ValueDecoder {
            self = own.value
        } else if let members = try? decoder.container(keyedBy: JSONCodingKey.self) {
            self = .object(
                try members.allKeys.map { Member($0.stringValue, try members.decode(JSONValue.self, forKey: $0)) })
        } else if var elements = try? decoder.unkeyedContainer() {
            var values: [JSONValue] = []
            while !elements.isAtEnd { values.append(try elements.decode(JSONValue.self)) }
            self = .array(values)
        } else {
            self = try Self.scalar(in: try decoder.singleValueContainer())
        }
    }

    private static func scalar(in container: any SingleValueDecodingContainer) throws -> JSONValue {
        if container.decodeNil() { return .null }
        if let value = try? container.decode(Bool.self) { return .bool(value) }
        if let value = try? container.decode(Int64.self) { return .integer(value) }
        if let value = try? container.decode(Double.self) { return .double(value) }
        return .string(try container.decode(String.self))
    }

    public func encode(to encoder: any Encoder) throws {
        var container = encoder.singleValueContainer()
        switch self {
        case .null: try container.encodeNil()
        case .bool(let value): try container.encode(value)
        case .integer(let value): try container.encode(value)
        case .double(let value): try container.encode(value)
        case .string(let value): try container.encode(value)
        case .bytes(let value): try container.encode(value)
        case .array(let elements): try container.encode(elements)
        case .object(let members):
            var container = encoder.container(keyedBy: JSONCodingKey.self)
            for member in members {
                try container.encode(member.value, forKey: JSONCodingKey(stringValue: member.name))
            }
        }
    }
}
