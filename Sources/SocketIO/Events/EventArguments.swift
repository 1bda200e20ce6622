import Bytes
public import JSON

/// The arguments of an event or of an acknowledgement, kept as the bytes they came as.
///
/// Nothing is built until it is asked for: passing arguments on (`io.to("room").emit("message", event.arguments)`)
/// copies their bytes and never parses them. The text was checked when it came, so every range is valid JSON.
public struct EventArguments: Sendable {
    let storage: EventStorage
    /// The arguments' places in `storage.elements`.
    let indices: Range<Int>

    init(storage: EventStorage, indices: Range<Int>) {
        self.storage = storage
        self.indices = indices
    }

    /// All elements of a content, a name too.
    init(_ content: EventContent) {
        storage = EventStorage(content)
        indices = content.elements.indices
    }

    /// No arguments.
    public static let none = EventArguments([])

    /// Arguments with these values; `.bytes` become attachments.
    public init(_ values: [JSONValue]) {
        var writer = PacketWriter()
        writer.writeArray(rebuildable: { writer in for value in values { writer.append(value) } })
        self = writer.arguments()
    }

    /// Arguments from the JSON text of an array.
    ///
    /// - Throws: `JSONError` where the text is no array, or beyond `limits`.
    public init(json: RawSpan, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var content = EventContent()
        do {
            try content.fill(answer: json, limits: limits)
        } catch {
            if case .malformedJSON(let fault) = error { throw fault }
            throw .notAnArray
        }
        self.init(content)
    }

    /// How many there are.
    public var count: Int { indices.count }
    /// Whether there are none.
    public var isEmpty: Bool { indices.isEmpty }

    /// Whether attachments came with the packet.
    public var isBinary: Bool { !storage.attachments.isEmpty }

    /// The value of an argument, built now; `.null` where there is none, as JavaScript has `undefined` there.
    public subscript(index: Int) -> JSONValue {
        guard let place = place(index) else { return .null }
        return storage.value(at: place) ?? .null
    }

    /// All values, built now.
    public var values: [JSONValue] { indices.map { storage.value(at: $0) ?? .null } }

    /// The arguments behind the first `count`, without a copy.
    public func dropFirst(_ count: Int = 1) -> EventArguments {
        EventArguments(storage: storage, indices: indices.dropFirst(max(count, 0)))
    }

    /// One argument, without a copy; none where there is none.
    public func only(_ index: Int) -> EventArguments {
        guard let place = place(index) else { return EventArguments(storage: storage, indices: 0..<0) }
        return EventArguments(storage: storage, indices: place..<place + 1)
    }

    private func place(_ index: Int) -> Int? {
        index >= 0 && index < indices.count ? indices.lowerBound + index : nil
    }

    /// The bytes of an argument's JSON, lent; empty where there is none. An attachment shows as its placeholder.
    @_lifetime(borrow self)
    public func json(_ index: Int) -> RawSpan {
        // The array is not written while anyone has a reference to the storage, and `self` has one.
        let range = place(index).map { storage.elements[$0] } ?? 0..<0
        let bytes = unsafe storage.text.withUnsafeBytes { unsafe UnsafeRawBufferPointer(rebasing: $0[range]) }
        return unsafe _overrideLifetime(RawSpan(_unsafeBytes: bytes), borrowing: self)
    }

    /// An argument that is a string; `nil` for any other.
    public func string(at index: Int) -> String? { JSONScanner.string(json(index)) }

    /// A member of an argument that is an object, where it is a string, found without building the object.
    public func string(member name: String, of index: Int) -> String? {
        let text = json(index)
        guard let range = JSONScanner.member(named: name, in: text) else { return nil }
        return JSONScanner.string(at: range, in: text)
    }

    /// A member of an argument that is an object; `nil` where the argument is no object or has no such member.
    public func value(member name: String, of index: Int) -> JSONValue? {
        let text = json(index)
        guard let range = JSONScanner.member(named: name, in: text),
            let value = try? JSONParser.parse(text.extracting(range), limits: .knownUTF8)
        else { return nil }
        return storage.attachments.isEmpty ? value : Placeholder.filled(value, with: storage.attachments)
    }

    /// A whole number in a member of an argument that is an object.
    public func integer(member name: String, of index: Int) -> Int? { value(member: name, of: index)?.integerValue }

    /// The content of an argument that is an attachment.
    public func bytes(at index: Int) -> [UInt8]? { isBinary ? self[index].bytesValue : nil }

    /// An argument as a type of yours; an absent one is decoded from `null`, so an optional is then `nil`.
    ///
    /// - Throws: `DecodingError`.
    public func decode<T: Decodable>(_ type: T.Type = T.self, at index: Int) throws -> T {
        if type == String.self, let text = string(at: index) as? T { return text }
        return try JSONValueDecoder().decode(type, from: self[index])
    }
}

/// As one argument of another type: an array of the values. Where arguments are emitted they stand side by side
/// instead.
extension EventArguments: Encodable {
    public func encode(to encoder: any Encoder) throws { try values.encode(to: encoder) }
}

extension EventArguments: CustomStringConvertible {
    public var description: String { "\(indices.count) arguments" }
}

/// JSON text that is sent as it is: what was encoded once before, by whatever means.
public struct EncodedJSON: Sendable, Encodable {
    let text: [UInt8]

    /// Takes a text after checking that it is one value.
    public init(_ text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) {
        try unsafe JSONScanner.validate(text.span.bytes, limits: limits)
        self.text = text
    }

    /// Takes a text that is known to be one value, such as a printer's. Anything else would break the packet.
    public init(trusted text: [UInt8]) { self.text = text }

    public func encode(to encoder: any Encoder) throws {
        try unsafe JSONParser.parse(text.span.bytes).encode(to: encoder)
    }
}
