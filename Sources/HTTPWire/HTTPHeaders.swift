/// Header fields in their order; names are found whatever their case.
///
/// All names and values lie in one buffer: a parsed request keeps its head as it came, and a field is two ranges of it.
/// Names of parsed heads are in lower case.
public struct HTTPHeaders: Sendable {
    var buffer: [UInt8] = []
    var fields: [Field] = []

    struct Field: Sendable {
        var name: Range<Int>
        var value: Range<Int>
    }

    /// No fields.
    public init() {}

    /// How many fields there are; a name that comes twice counts twice.
    public var count: Int { fields.count }
    public var isEmpty: Bool { fields.isEmpty }

    /// Appends a field, also where one of this name is there. A value that cannot be sent is refused when it is encoded.
    public mutating func add(_ name: String, _ value: String) {
        let start = buffer.count
        buffer.append(contentsOf: name.utf8)
        let middle = buffer.count
        buffer.append(contentsOf: value.utf8)
        fields.append(Field(name: start..<middle, value: middle..<buffer.count))
    }

    /// Replaces all fields of this name by one.
    public mutating func set(_ name: String, _ value: String) {
        remove(name)
        add(name, value)
    }

    /// Adds the field unless one of this name is there.
    public mutating func setDefault(_ name: String, _ value: String) {
        if !contains(name) { add(name, value) }
    }

    /// Removes every field of this name.
    public mutating func remove(_ name: String) {
        guard contains(name) else { return }
        fields = fields.filter { !matches($0.name, name) }
    }

    /// Whether there is a field of this name.
    public func contains(_ name: String) -> Bool { index(of: name) != nil }

    /// The value of the first field of this name; bytes that are not UTF-8 come as U+FFFD.
    public func first(_ name: String) -> String? { index(of: name).map { text(fields[$0].value) } }

    /// The values of all fields of this name, in order.
    public func values(_ name: String) -> [String] {
        fields.filter { matches($0.name, name) }.map { text($0.value) }
    }

    /// The elements of a comma-separated list (RFC 9110 section 5.6.1) over all fields of this name, without blanks.
    public func list(_ name: String) -> [String] {
        var elements: [String] = []
        for field in fields where matches(field.name, name) {
            forEachElement(in: field.value) { elements.append(text($0)) }
        }
        return elements
    }

    /// Whether a comma-separated list has this element, whatever its case.
    public func list(_ name: String, contains element: String) -> Bool {
        var found = false
        for field in fields where matches(field.name, name) {
            forEachElement(in: field.value) { found = found || matches($0, element) }
        }
        return found
    }

    // MARK: - Inside

    func index(of name: String) -> Int? { fields.firstIndex { matches($0.name, name) } }

    func text(_ range: Range<Int>) -> String { String(decoding: buffer[range], as: UTF8.self) }

    /// Whether these bytes are `text`, whatever the case of letters.
    func matches(_ range: Range<Int>, _ text: String) -> Bool {
        guard range.count == text.utf8.count else { return false }
        var index = range.lowerBound
        for byte in text.utf8 {
            if buffer[index].lowercased != byte.lowercased { return false }
            index += 1
        }
        return true
    }

    /// Calls `body` with each element that is not empty.
    func forEachElement(in value: Range<Int>, _ body: (Range<Int>) -> Void) {
        var start = value.lowerBound
        while start < value.upperBound {
            var end = start
            while end < value.upperBound, buffer[end] != .comma { end += 1 }
            let element = trimmed(start..<end)
            if !element.isEmpty { body(element) }
            start = end + 1
        }
    }

    private func trimmed(_ range: Range<Int>) -> Range<Int> {
        var (start, end) = (range.lowerBound, range.upperBound)
        while start < end, buffer[start].isBlank { start += 1 }
        while start < end, buffer[end - 1].isBlank { end -= 1 }
        return start..<end
    }
}

extension HTTPHeaders: Sequence {
    public struct Iterator: IteratorProtocol {
        let headers: HTTPHeaders
        var index = 0

        public mutating func next() -> (name: String, value: String)? {
            guard index < headers.fields.count else { return nil }
            defer { index += 1 }
            let field = headers.fields[index]
            return (headers.text(field.name), headers.text(field.value))
        }
    }

    public func makeIterator() -> Iterator { Iterator(headers: self) }
}

extension HTTPHeaders: ExpressibleByDictionaryLiteral {
    public init(dictionaryLiteral elements: (String, String)...) {
        for (name, value) in elements { add(name, value) }
    }
}

extension HTTPHeaders: Equatable {
    public static func == (a: HTTPHeaders, b: HTTPHeaders) -> Bool {
        a.count == b.count
            && zip(a.fields, b.fields).allSatisfy { x, y in
                a.buffer[x.value].elementsEqual(b.buffer[y.value]) && a.matches(x.name, b.text(y.name))
            }
    }
}
