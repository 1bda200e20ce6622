/// Turns `Encodable` values into a `JSONValue`, without Foundation and without a text in between.
///
/// `[UInt8]` becomes `.bytes`: binary content, an attachment in Socket.IO. A number that is not finite is an
/// `EncodingError`.
public struct JSONValueEncoder: Sendable {
    public init() {}

    /// Makes a value of an `Encodable`. Throws `EncodingError`.
    public func encode(_ value: some Encodable) throws -> JSONValue {
        try EncodingSlot.encode(value, codingPath: []).value
    }
}

/// A value being encoded, shared by the containers that write to it.
final class EncodingSlot {
    private enum Content {
        case empty
        case value(JSONValue)
        case array([EncodingSlot])
        case object([(name: String, slot: EncodingSlot)])
    }

    private var content = Content.empty

    init() {}

    init(_ value: JSONValue) { content = .value(value) }

    /// What was encoded; an object without members, where that was nothing.
    var value: JSONValue {
        switch content {
        case .empty: .object([])
        case .value(let value): value
        case .array(let slots): .array(slots.map(\.value))
        case .object(let members): .object(members.map { JSONValue.Member($0.name, $0.slot.value) })
        }
    }

    func set(_ value: JSONValue) { content = .value(value) }

    func beginArray() {
        guard case .array = content else {
            content = .array([])
            return
        }
    }

    func beginObject() {
        guard case .object = content else {
            content = .object([])
            return
        }
    }

    var count: Int {
        guard case .array(let slots) = content else { return 0 }
        return slots.count
    }

    func append(_ slot: EncodingSlot) {
        guard case .array(var slots) = content else { return }
        content = .empty
        slots.append(slot)
        content = .array(slots)
    }

    func append(_ slot: EncodingSlot, named name: String) {
        guard case .object(var members) = content else { return }
        content = .empty
        members.append((name, slot))
        content = .object(members)
    }

    /// Encodes one value of any type.
    static func encode<T: Encodable>(_ value: T, codingPath: [any CodingKey]) throws -> EncodingSlot {
        if let scalar = value as? any JSONScalar {
            guard let json = scalar.jsonValue else {
                let text = "Encode a finite number: JSON has no form for \(value)."
                throw EncodingError.invalidValue(value, .init(codingPath: codingPath, debugDescription: text))
            }
            return EncodingSlot(json)
        }
        if T.self == [UInt8].self, let bytes = value as? [UInt8] { return EncodingSlot(.bytes(bytes)) }
        let encoder = SlotEncoder(slot: EncodingSlot(), codingPath: codingPath)
        try value.encode(to: encoder)
        return encoder.slot
    }
}

struct SlotEncoder: Encoder {
    let slot: EncodingSlot
    let codingPath: [any CodingKey]
    var userInfo: [CodingUserInfoKey: Any] { [:] }

    func container<Key: CodingKey>(keyedBy type: Key.Type) -> KeyedEncodingContainer<Key> {
        slot.beginObject()
        return KeyedEncodingContainer(SlotKeyedContainer<Key>(slot: slot, codingPath: codingPath))
    }

    func unkeyedContainer() -> any UnkeyedEncodingContainer {
        slot.beginArray()
        return SlotUnkeyedContainer(slot: slot, codingPath: codingPath)
    }

    func singleValueContainer() -> any SingleValueEncodingContainer {
        SlotSingleContainer(slot: slot, codingPath: codingPath)
    }
}
