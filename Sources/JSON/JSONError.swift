/// Why a text is not taken. Offsets count bytes from the start of the text.
public enum JSONError: Error, Equatable, Sendable {
    /// The text stops inside a value.
    case unexpectedEnd
    /// A byte that RFC 8259 does not allow in this place; text after the value and a byte order mark count as such.
    case unexpectedByte(at: Int)
    /// A control character inside a string (RFC 8259 section 7).
    case controlCharacter(at: Int)
    /// A backslash with something that is no escape behind it.
    case invalidEscape(at: Int)
    /// The text is not UTF-8 (RFC 8259 section 8.1).
    case invalidUTF8
    /// A number beyond the range of a double.
    case numberOutOfRange(at: Int)
    /// The text is another kind of value than the array that was asked for.
    case notAnArray
    case tooDeep(limit: Int)
    case tooLarge(limit: Int)
    case tooManyValues(limit: Int)
}

extension JSONError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unexpectedEnd: "The JSON text ends too early: send the whole value."
        case .unexpectedByte(let offset): "The JSON text is malformed at byte \(offset): send valid JSON (RFC 8259)."
        case .controlCharacter(let offset): "Escape the control character at byte \(offset) of the JSON text."
        case .invalidEscape(let offset): "Correct the escape sequence at byte \(offset) of the JSON text."
        case .invalidUTF8: "Send the JSON text as UTF-8."
        case .numberOutOfRange(let offset): "Send a smaller number than the one at byte \(offset) of the JSON text."
        case .notAnArray: "Send a JSON array."
        case .tooDeep(let limit): "Nest arrays and objects at most \(limit) deep in a JSON text."
        case .tooLarge(let limit): "Send at most \(limit) bytes of JSON text."
        case .tooManyValues(let limit): "Send at most \(limit) values in a JSON text."
        }
    }
}
