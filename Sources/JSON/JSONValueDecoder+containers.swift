struct ValueKeyedContainer<Key: CodingKey>: KeyedDecodingContainerProtocol {
    let codingPath: [any CodingKey]
    private let members: [JSONValue.Member]
    /// Where each name stands last; made only for objects too large to search, which strangers may send.
    private let places: [String: Int]?

    init(_ members: [JSONValue.Member], codingPath: [any CodingKey]) {
        self.members = members
        self.codingPath = codingPath
        let names = members.enumerated().lazy.map { ($1.name, $0) }
        places = members.count > 8 ? Dictionary(names) { $1 } : nil
    }

    var allKeys: [Key] {
        members.indices.lazy.filter { place(of: members[$0].name) == $0 }.compactMap {
            Key(stringValue: members[$0].name)
        }
    }

    func contains(_ key: Key) -> Bool { place(of: key.stringValue) != nil }

    func decodeNil(forKey key: Key) throws -> Bool { try value(for: key).isNull }

    func decode<T: Decodable>(_ type: T.Type, forKey key: Key) throws -> T {
        try ValueDecoder.decode(type, from: try value(for: key), codingPath: codingPath + [key])
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) throws -> KeyedDecodingContainer<NestedKey> {
        try decoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) throws -> any UnkeyedDecodingContainer {
        try decoder(for: key).unkeyedContainer()
    }

    func superDecoder() throws -> any Decoder {
        let value = place(of: JSONCodingKey.superclass.stringValue).map { members[$0].value } ?? .null
        return ValueDecoder(value: value, codingPath: codingPath + [JSONCodingKey.superclass])
    }

    func superDecoder(forKey key: Key) throws -> any Decoder { try decoder(for: key) }

    private func decoder(for key: Key) throws -> ValueDecoder {
        ValueDecoder(value: try value(for: key), codingPath: codingPath + [key])
    }

    private func value(for key: Key) throws -> JSONValue {
        guard let place = place(of: key.stringValue) else {
            let text = "Send the member \"\(key.stringValue)\"."
            throw DecodingError.keyNotFound(key, .init(codingPath: codingPath, debugDescription: text))
        }
        return members[place].value
    }

    private func place(of name: String) -> Int? {
        if let places { return places[name] }
        return members.lastIndex { $0.name == name }
    }
}

struct ValueUnkeyedContainer: UnkeyedDecodingContainer {
    let codingPath: [any CodingKey]
    private let elements: [JSONValue]
    private(set) var currentIndex = 0

    init(_ elements: [JSONValue], codingPath: [any CodingKey]) {
        self.elements = elements
        self.codingPath = codingPath
    }

    var count: Int? { elements.count }
    var isAtEnd: Bool { currentIndex == elements.count }

    mutating func decodeNil() throws -> Bool {
        guard try current(Never.self).value.isNull else { return false }
        currentIndex += 1
        return true
    }

    mutating func decode<T: Decodable>(_ type: T.Type) throws -> T {
        let decoded = try current(type).decode(type)
        currentIndex += 1
        return decoded
    }

    mutating func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type
    ) throws -> KeyedDecodingContainer<NestedKey> {
        let container = try current([String: JSONValue].self).container(keyedBy: type)
        currentIndex += 1
        return container
    }

    mutating func nestedUnkeyedContainer() throws -> any UnkeyedDecodingContainer {
        let container = try current([JSONValue].self).unkeyedContainer()
        currentIndex += 1
        return container
    }

    mutating func superDecoder() throws -> any Decoder {
        let decoder = try current(JSONValue.self)
        currentIndex += 1
        return decoder
    }

    /// A decoder for the element that comes next.
    private func current(_ type: Any.Type) throws -> ValueDecoder {
        let path = codingPath + [JSONCodingKey(intValue: currentIndex)]
        guard !isAtEnd else {
            let text = "Send at least \(currentIndex + 1) elements."
            throw DecodingError.valueNotFound(type, .init(codingPath: path, debugDescription: text))
        }
        return ValueDecoder(value: elements[currentIndex], codingPath: path)
    }
}

struct ValueSingleContainer: SingleValueDecodingContainer {
    let decoder: ValueDecoder
    var codingPath: [any CodingKey] { decoder.codingPath }

    func decodeNil() -> Bool { decoder.value.isNull }
    func decode<T: Decodable>(_ type: T.Type) throws -> T { try decoder.decode(type) }
}
