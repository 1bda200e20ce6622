/// Any JSON value (RFC 8259), with one leaf more: bytes, which Socket.IO carries beside its JSON.
public enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    /// A number without fraction or exponent that fits 64 bits.
    case integer(Int64)
    /// Every other number, rounded to a double; one beyond a double's range is refused by the parser.
    case double(Double)
    case string(String)
    case array([JSONValue])
    /// Members in their order; where a name comes twice, both are kept and look-up finds the last.
    case object([Member])
    /// Binary content. No JSON text has this: SocketIO writes a placeholder, the plain printer base64.
    case bytes([UInt8])

    /// One name of an object and its value.
    public struct Member: Sendable, Equatable {
        public var name: String
        public var value: JSONValue

        public init(_ name: String, _ value: JSONValue) {
            self.name = name
            self.value = value
        }
    }
}
