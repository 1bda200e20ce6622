import Bytes

/// Names of members that are looked up together: 16 at most.
public struct JSONMemberNames: Sendable {
    /// How many names there may be.
    public static let most = 16

    private let names: [UInt8]
    /// Where each name ends in `names`.
    private let ends: [Int]
    /// A bit for each length that a name has.
    private let lengths: UInt64

    /// These names, none of them twice; more than `most` are a programmer's error.
    public init(_ names: [String]) {
        precondition(names.count <= Self.most, "Look up at most \(Self.most) members together.")
        self.names = names.flatMap(\.utf8)
        var ends: [Int] = []
        for name in names { ends.append((ends.last ?? 0) + name.utf8.count) }
        self.ends = ends
        lengths = names.reduce(0) { $0 | Self.bit($1.utf8.count) }
    }

    private static func bit(_ length: Int) -> UInt64 { 1 << UInt64(min(length, 63)) }

    /// The place of the name among the names; `nil` where it is none of them.
    func place(of name: RawSpan) -> Int? {
        guard lengths & Self.bit(name.byteCount) != 0 else { return nil }
        var start = 0
        for (place, end) in ends.enumerated() {
            if end - start == name.byteCount, isName(at: start, name) { return place }
            start = end
        }
        return nil
    }

    private func isName(at start: Int, _ name: RawSpan) -> Bool {
        for index in 0..<name.byteCount where names[start + index] != name.byte(at: index) { return false }
        return true
    }
}

/// Where the values of several members stand in the text of an object.
public struct JSONMembers: Sendable {
    /// As many as `JSONMemberNames.most`; empty where there is no such member, for no value is.
    private var ranges = [16 of Range<Int>](repeating: 0..<0)

    /// None.
    public init() {}

    /// The byte range of the value of the name at that place, the last one where the name comes twice.
    public subscript(place: Int) -> Range<Int>? {
        guard ranges.indices.contains(place), !ranges[place].isEmpty else { return nil }
        return ranges[place]
    }

    mutating func set(_ place: Int, _ range: Range<Int>) { ranges[place] = range }
}

extension JSONScanner {
    /// The byte ranges of the values of these members in the text of an object; none where it is no valid object.
    ///
    /// What `member(named:in:)` says of each, in one pass over the text. Nothing is built.
    public static func members(
        named names: JSONMemberNames, in text: RawSpan, limits: JSONLimits = .knownUTF8
    ) -> JSONMembers {
        var members = JSONMembers()
        do throws(JSONError) {
            try forEachMember(in: text, limits: limits) { name, hasEscapes, value in
                guard let place = hasEscapes ? escapedPlace(of: name, in: names) : names.place(of: name) else { return }
                members.set(place, value)
            }
            return members
        } catch {
            return JSONMembers()
        }
    }

    private static func escapedPlace(of name: RawSpan, in names: JSONMemberNames) -> Int? {
        let decoded = Array(JSONStringContent.decode(name, hasEscapes: true).utf8)
        return unsafe names.place(of: decoded.span.bytes)
    }

    /// Calls `body` with the content of each member's name, whether that has escapes, and the range of the value.
    @inline(__always)
    static func forEachMember(
        in text: RawSpan, limits: JSONLimits, _ body: (RawSpan, Bool, Range<Int>) -> Void
    ) throws(JSONError) {
        var cursor = try JSONCursor(text, limits: limits)
        cursor.skipWhitespace()
        guard cursor.peek() == UInt8(ascii: "{") else { throw cursor.unexpected }
        cursor.position += 1
        cursor.skipWhitespace()
        if cursor.peek() == UInt8(ascii: "}") { return }
        while true {
            cursor.skipWhitespace()
            let nameStart = cursor.position + 1
            let hasEscapes = try cursor.skipString()
            let name = text.extracting(nameStart..<cursor.position - 1)
            try cursor.skipColon()
            cursor.skipWhitespace()
            let start = cursor.position
            try cursor.skipValue(depth: 1)
            body(name, hasEscapes, start..<cursor.position)
            cursor.skipWhitespace()
            guard cursor.peek() == UInt8(ascii: ",") else { break }
            cursor.position += 1
        }
        guard cursor.peek() == UInt8(ascii: "}") else { throw cursor.unexpected }
        cursor.position += 1
        try cursor.finish()
    }
}
