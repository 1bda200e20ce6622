struct SlotKeyedContainer<Key: CodingKey>: KeyedEncodingContainerProtocol {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    func encodeNil(forKey key: Key) { slot.append(EncodingSlot(.null), named: key.stringValue) }

    func encode<T: Encodable>(_ value: T, forKey key: Key) throws {
        slot.append(try EncodingSlot.encode(value, codingPath: codingPath + [key]), named: key.stringValue)
    }

    func nestedContainer<NestedKey: CodingKey>(
        keyedBy type: NestedKey.Type, forKey key: Key
    ) -> KeyedEncodingContainer<NestedKey> {
        encoder(for: key).container(keyedBy: type)
    }

    func nestedUnkeyedContainer(forKey key: Key) -> any UnkeyedEncodingContainer {
        encoder(for: key).unkeyedContainer()
    }
    func superEncoder() -> any Encoder { encoder(for: JSONCodingKey.superclass) }
    func superEncoder(forKey key: Key) -> any Encoder { encoder(for: key) }

    private func encoder(for key: any CodingKey) -> SlotEncoder {
        let nested = EncodingSlot()
        slot.append(nested, named: key.stringValue)
        return SlotEncoder(slot: nested, codingPath: codingPath + [key])
    }
}

struct SlotUnkeyedContainer: UnkeyedEncodingContainer {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    var count: Int { slot.count }

    func encodeNil() { slot.append(EncodingSlot(.null)) }

    func encode<T: Encodable>(_ value: T) throws {
        slot.append(try EncodingSlot.encode(value, codingPath: codingPath + [JSONCodingKey(intValue: count)]))
    }

    func nestedContainer<NestedKey: CodingKey>(keyedBy type: NestedKey.Type) -> KeyedEncodingContainer<NestedKey> {
        nextEncoder().container(keyedBy: type)
    }

    func nestedUnkeyedContainer() -> any UnkeyedEncodingContainer { nextEncoder().unkeyedContainer() }
    func superEncoder() -> any Encoder { nextEncoder() }

    private func nextEncoder() -> SlotEncoder {
        let path = codingPath + [JSONCodingKey(intValue: count)]
        let nested = EncodingSlot()
        slot.append(nested)
        return SlotEncoder(slot: nested, codingPath: path)
    }
}

struct SlotSingleContainer: SingleValueEncodingContainer {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]

    func encodeNil() { slot.set(.null) }

    func encode<T: Encodable>(_ value: T) throws {
        slot.set(try EncodingSlot.encode(value, codingPath: codingPath).value)
    }
}
