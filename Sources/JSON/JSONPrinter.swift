import Bytes

/// Writes values as JSON text (RFC 8259), as `JSON.stringify` would: no white space, members in their order.
public enum JSONPrinter {
    /// Appends the text of `value`.
    ///
    /// Bytes become base64 in a string; a double that is not finite becomes `null`.
    public static func append(_ value: JSONValue, to text: inout [UInt8]) {
        switch value {
        case .null: append(literal: "null", to: &text)
        case .bool(let value): append(literal: value ? "true" : "false", to: &text)
        case .integer(let value): append(integer: value, to: &text)
        case .double(let value): append(double: value, to: &text)
        case .string(let value): append(string: value, to: &text)
        case .array(let elements): append(elements, to: &text)
        case .object(let members): append(members, to: &text)
        case .bytes(let bytes):
            text.append(UInt8(ascii: "\""))
            unsafe Base64.standard.append(bytes.span.bytes, to: &text)
            text.append(UInt8(ascii: "\""))
        }
    }

    /// The text of a value.
    public static func text(of value: JSONValue) -> [UInt8] {
        var text: [UInt8] = []
        append(value, to: &text)
        return text
    }

    private static func append(_ elements: [JSONValue], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "["))
        var isFirst = true
        for element in elements {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            append(element, to: &text)
        }
        text.append(UInt8(ascii: "]"))
    }

    private static func append(_ members: [JSONValue.Member], to text: inout [UInt8]) {
        text.append(UInt8(ascii: "{"))
        var isFirst = true
        for member in members {
            if !isFirst { text.append(UInt8(ascii: ",")) }
            isFirst = false
            append(string: member.name, to: &text)
            text.append(UInt8(ascii: ":"))
            append(member.value, to: &text)
        }
        text.append(UInt8(ascii: "}"))
    }

    private static func append(literal: StaticString, to text: inout [UInt8]) {
        unsafe text.append(contentsOf: UnsafeBufferPointer(start: literal.utf8Start, count: literal.utf8CodeUnitCount))
    }

    /// Appends a number without fraction.
    public static func append(integer value: some BinaryInteger, to text: inout [UInt8]) {
        text.append(contentsOf: String(value).utf8)
    }

    /// The shortest digits that read back as the same double; a whole number is written without a fraction, and minus
    /// zero without its sign.
    public static func append(double value: Double, to text: inout [UInt8]) {
        guard value.isFinite else { return append(literal: "null", to: &text) }
        let digits = (value == 0 ? 0 : value).description.utf8
        text.append(contentsOf: digits)
        if digits.suffix(2).elementsEqual(".0".utf8) { text.removeLast(2) }
    }
}
