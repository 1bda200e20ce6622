import Bytes

/// Checks a text and finds its parts without building anything: what every incoming event goes through.
///
/// A number beyond the range of a double has a valid form and passes here; `JSONParser` refuses it.
public enum JSONScanner {
    /// Checks that the text is exactly one value.
    public static func validate(_ text: RawSpan, limits: JSONLimits = JSONLimits()) throws(JSONError) {
        var cursor = try JSONCursor(text, limits: limits)
        try cursor.skipValue()
        try cursor.finish()
    }

    /// Checks the text of an array in one pass and gives the byte range of each element, without white space around it.
    public static func elements(
        of text: RawSpan, limits: JSONLimits = JSONLimits()
    ) throws(JSONError) -> [Range<Int>] {
        var ranges: [Range<Int>] = []
        try elements(of: text, into: &ranges, limits: limits)
        return ranges
    }

    /// The same into an array that the caller keeps, whose old content is dropped and whose capacity stays: no
    /// allocation once it is large enough. After an error its content has no meaning.
    public static func elements(
        of text: RawSpan, into ranges: inout [Range<Int>], limits: JSONLimits = JSONLimits()
    ) throws(JSONError) {
        ranges.removeAll(keepingCapacity: true)
        var cursor = try JSONCursor(text, limits: limits)
        cursor.skipWhitespace()
        guard cursor.peek() == UInt8(ascii: "[") else {
            throw cursor.position < cursor.count ? .notAnArray : .unexpectedEnd
        }
        cursor.position += 1
        try cursor.countValue()
        cursor.skipWhitespace()
        if cursor.peek() == UInt8(ascii: "]") {
            cursor.position += 1
            return try cursor.finish()
        }
        while true {
            cursor.skipWhitespace()
            let start = cursor.position
            try cursor.skipValue(depth: 1)
            ranges.append(start..<cursor.position)
            cursor.skipWhitespace()
            let byte = cursor.peek()
            guard byte == UInt8(ascii: ",") || byte == UInt8(ascii: "]") else { throw cursor.unexpected }
            cursor.position += 1
            if byte == UInt8(ascii: "]") { return try cursor.finish() }
        }
    }
}
