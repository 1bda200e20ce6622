import Bytes

/// Turns a text into a `JSONValue`, strictly by RFC 8259 and within limits.
public enum JSONParser {
    /// The one value that the text is.
    ///
    /// A lone surrogate (`\ud800`) becomes U+FFFD; duplicate names are kept; a number beyond a double is refused.
    public static func parse(_ text: RawSpan, limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        var cursor = try JSONCursor(text, limits: limits)
        let value = try cursor.parseValue(depth: 0)
        try cursor.finish()
        return value
    }

    /// The value of a text of bytes.
    public static func parse(_ text: [UInt8], limits: JSONLimits = JSONLimits()) throws(JSONError) -> JSONValue {
        unsafe try parse(text.span.bytes, limits: limits)
    }

    /// The value of a text that is known to be UTF-8.
    public static func parse(_ text: String, limits: JSONLimits = .knownUTF8) throws(JSONError) -> JSONValue {
        try parse(Array(text.utf8), limits: limits)
    }
}

extension JSONCursor {
    /// Recursive: the depth limit, at most 512, bounds the stack.
    fileprivate mutating func parseValue(depth: Int) throws(JSONError) -> JSONValue {
        try countValue()
        skipWhitespace()
        switch peek() {
        case UInt8(ascii: "\""): return .string(try parseString())
        case UInt8(ascii: "{"): return try parseObject(depth: depth + 1)
        case UInt8(ascii: "["): return try parseArray(depth: depth + 1)
        case UInt8(ascii: "t"):
            try skipLiteral("true")
            return .bool(true)
        case UInt8(ascii: "f"):
            try skipLiteral("false")
            return .bool(false)
        case UInt8(ascii: "n"):
            try skipLiteral("null")
            return .null
        default: return try parseNumber()
        }
    }

    private mutating func parseString() throws(JSONError) -> String {
        let start = position + 1
        let hasEscapes = try skipString()
        return JSONStringContent.decode(bytes.extracting(start..<position - 1), hasEscapes: hasEscapes)
    }

    private mutating func parseArray(depth: Int) throws(JSONError) -> JSONValue {
        var elements: [JSONValue] = []
        try enter(depth: depth)
        if leave(UInt8(ascii: "]")) { return .array(elements) }
        while true {
            elements.append(try parseValue(depth: depth))
            if leave(UInt8(ascii: "]")) { return .array(elements) }
            try skipComma()
        }
    }

    private mutating func parseObject(depth: Int) throws(JSONError) -> JSONValue {
        var members: [JSONValue.Member] = []
        try enter(depth: depth)
        if leave(UInt8(ascii: "}")) { return .object(members) }
        members.reserveCapacity(4)
        while true {
            skipWhitespace()
            let name = try parseString()
            try skipColon()
            members.append(JSONValue.Member(name, try parseValue(depth: depth)))
            if leave(UInt8(ascii: "}")) { return .object(members) }
            try skipComma()
        }
    }

    private mutating func enter(depth: Int) throws(JSONError) {
        guard depth <= limits.maxDepth else { throw .tooDeep(limit: limits.maxDepth) }
        position += 1
    }

    /// Moves over the closing bracket, if it comes next.
    private mutating func leave(_ bracket: UInt8) -> Bool {
        skipWhitespace()
        guard peek() == bracket else { return false }
        position += 1
        return true
    }

    private mutating func skipComma() throws(JSONError) {
        guard peek() == UInt8(ascii: ",") else { throw unexpected }
        position += 1
    }

    private mutating func parseNumber() throws(JSONError) -> JSONValue {
        let start = position
        try skipNumber()
        let text = bytes.extracting(start..<position)
        if let integer = Self.integer(text) { return .integer(integer) }
        let digits = unsafe text.withUnsafeBytes { unsafe String(decoding: $0, as: UTF8.self) }
        guard let value = Double(digits), value.isFinite else { throw .numberOutOfRange(at: start) }
        return .double(value)
    }

    /// The value of a text of an optional minus and digits, or `nil` for any other or one beyond 64 bits.
    private static func integer(_ text: RawSpan) -> Int64? {
        let isNegative = text.byte(at: 0) == UInt8(ascii: "-")
        var value: Int64 = 0
        for index in (isNegative ? 1 : 0)..<text.byteCount {
            let digit = Int64(text.byte(at: index)) - 0x30
            guard digit >= 0, digit < 10 else { return nil }
            let shifted = value.multipliedReportingOverflow(by: 10)
            let sum = shifted.partialValue.subtractingReportingOverflow(digit)
            // Negative numbers reach one further, so digits are subtracted.
            if shifted.overflow || sum.overflow { return nil }
            value = sum.partialValue
        }
        if isNegative { return value }
        return value == .min ? nil : -value
    }
}
