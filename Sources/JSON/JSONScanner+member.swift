import Bytes

extension JSONScanner {
    /// The byte range of one member's value in the text of an object, the last one where the name comes twice.
    ///
    /// `nil` where there is none, and where the text is no valid object. Reads the text once, builds nothing.
    public static func member(
        named name: String, in text: RawSpan, limits: JSONLimits = .knownUTF8
    ) -> Range<Int>? {
        try? lastMember(named: name, in: text, limits: limits)
    }

    private static func lastMember(
        named name: String, in text: RawSpan, limits: JSONLimits
    ) throws(JSONError) -> Range<Int>? {
        var found: Range<Int>?
        try forEachMember(in: text, limits: limits) { content, hasEscapes, value in
            if matches(content, name, hasEscapes: hasEscapes) { found = value }
        }
        return found
    }

    private static func matches(_ content: RawSpan, _ name: String, hasEscapes: Bool) -> Bool {
        if hasEscapes { return JSONStringContent.decode(content, hasEscapes: true) == name }
        guard content.byteCount == name.utf8.count else { return false }
        return unsafe content.withUnsafeBytes { unsafe name.utf8.elementsEqual($0) }
    }

    /// The content of the string whose text is at `range` (quotes included), or `nil` where no string stands there.
    ///
    /// A surrogate without its other half becomes U+FFFD.
    public static func string(at range: Range<Int>, in text: RawSpan) -> String? {
        guard range.lowerBound >= 0, range.upperBound <= text.byteCount else { return nil }
        return string(text.extracting(range))
    }

    /// The content of a string, given its text with the quotes, or `nil` where the text is anything else.
    public static func string(_ text: RawSpan) -> String? {
        guard var cursor = try? JSONCursor(text, limits: .knownUTF8), let hasEscapes = try? cursor.skipString(),
            cursor.position == text.byteCount
        else { return nil }
        return JSONStringContent.decode(text.extracting(1..<text.byteCount - 1), hasEscapes: hasEscapes)
    }
}
