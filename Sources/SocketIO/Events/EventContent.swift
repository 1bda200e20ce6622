import Bytes
import JSON

/// What one packet brought: its JSON array as it came, the places of the elements, the attachments.
struct EventContent: Sendable {
    /// The JSON text of the array.
    private(set) var text: [UInt8] = []
    /// The places of the array's elements, the event's name among them.
    private(set) var elements: [Range<Int>] = []
    var attachments: [SharedBytes] = []
    /// The bytes of the name, without quotes; empty for an answer.
    private(set) var nameRange = 0..<0
    private(set) var nameHash: UInt32 = 0
    /// The name, where its bytes are not its text because of escapes.
    private(set) var decodedName: String?
    /// The id under which an answer is wanted.
    var id: UInt64?

    init() {}

    /// Buffers above this many bytes are given back after use instead of being kept for the next event.
    private static let keptCapacity = 64 << 10

    /// For texts that this process made.
    static let ownLimits = JSONLimits(
        maxDepth: JSONLimits.deepest, maxBytes: .max, maxValues: .max, checksUTF8: false)

    /// Bytes of the text and the attachments.
    var byteCount: Int { attachments.reduce(text.count) { $0 + $1.count } }

    /// Whether the buffers are worth keeping.
    var isWorthKeeping: Bool { text.count <= Self.keptCapacity && elements.count <= 1024 }

    /// Holds no arguments from now on.
    mutating func clear() {
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: "[]".utf8)
        elements.removeAll(keepingCapacity: true)
        if !attachments.isEmpty { attachments = [] }
    }

    /// Takes the array of an event: `[name, argument, ...]`.
    mutating func fill(event payload: RawSpan, id: UInt64?, limits: JSONLimits) throws(PacketError) {
        try fill(answer: payload, limits: limits)
        self.id = id
        try readName(payload)
    }

    /// Takes the array of an answer: `[argument, ...]`; nothing at all counts as an empty one.
    mutating func fill(answer payload: RawSpan, limits: JSONLimits) throws(PacketError) {
        nameRange = 0..<0
        decodedName = nil
        id = nil
        if !attachments.isEmpty { attachments = [] }
        guard payload.byteCount > 0 else { return clear() }
        do {
            try JSONScanner.elements(of: payload, into: &elements, limits: limits)
        } catch {
            throw error == .notAnArray ? .invalidPayload : .malformedJSON(error)
        }
        text.removeAll(keepingCapacity: true)
        text.append(contentsOf: payload)
    }

    /// Becomes one of the library's own events, with one string (that needs no escapes) for an argument.
    mutating func fill(name: String, reason: String) {
        text = Array("[\"\(name)\",\"\(reason)\"]".utf8)
        let nameEnd = name.utf8.count + 3
        elements = [1..<nameEnd, nameEnd + 1..<text.count - 1]
        nameRange = 2..<nameEnd - 1
        nameHash = EventName.hash(name)
    }

    /// Finds the name: a string, or a number, which stands for its digits.
    private mutating func readName(_ payload: RawSpan) throws(PacketError) {
        guard let first = elements.first else { throw .invalidPayload }
        switch payload.byte(at: first.lowerBound) {
        case UInt8(ascii: "\""): nameRange = first.lowerBound + 1..<first.upperBound - 1
        case UInt8(ascii: "-"), UInt8(ascii: "0")...UInt8(ascii: "9"): nameRange = first
        default: throw .invalidPayload
        }
        let name = payload.extracting(nameRange)
        for index in 0..<name.byteCount where name.byte(at: index) == UInt8(ascii: "\\") {
            return try readEscapedName(payload.extracting(first))
        }
        guard !EventName.isReserved(name) else { throw .reservedEventName }
        nameHash = EventName.hash(name)
    }

    private mutating func readEscapedName(_ text: RawSpan) throws(PacketError) {
        guard let name = JSONScanner.string(text), !EventName.isReserved(name) else { throw .reservedEventName }
        decodedName = name
        nameHash = EventName.hash(name)
    }

    var name: String {
        if let decodedName { return decodedName }
        return String(decoding: text[nameRange], as: UTF8.self)
    }

    /// Whether the event is called that; the hashes are compared already.
    func isNamed(_ name: String) -> Bool {
        if let decodedName { return decodedName.utf8.elementsEqual(name.utf8) }
        return unsafe EventName.matches(name, text.span.bytes.extracting(nameRange))
    }

    /// The value of one element with its attachments in their places; `nil` for a number that is beyond a double.
    func value(at index: Int) -> JSONValue? {
        guard
            let value = try? unsafe JSONParser.parse(
                text.span.bytes.extracting(elements[index]), limits: .knownUTF8)
        else { return nil }
        return attachments.isEmpty ? value : Placeholder.filled(value, with: attachments)
    }

    /// Checks that every placeholder names an attachment that came.
    func checkPlaceholders() throws(PacketError) {
        for range in elements {
            guard let value = try? unsafe JSONParser.parse(text.span.bytes.extracting(range), limits: .knownUTF8) else {
                throw .invalidPayload
            }
            try Placeholder.check(value, count: attachments.count)
        }
    }
}
