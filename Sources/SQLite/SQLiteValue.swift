/// A value that is bound to a parameter.
public enum SQLiteValue: Sendable, Equatable {
    case null
    case integer(Int64)
    case text(String)
    /// Text, as the bytes of its UTF-8.
    case utf8([UInt8])
    case blob([UInt8])

    public init(_ text: String?) {
        self = text.map { .text($0) } ?? .null
    }

    public init(_ integer: Int64?) {
        self = integer.map { .integer($0) } ?? .null
    }
}

extension SQLiteValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
}
