/// The value of a structured field.
public enum LogValue: Sendable, Equatable {
    case string(String)
    case integer(Int64)
    case double(Double)
    case boolean(Bool)
}

extension LogValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation {
    public init(stringLiteral value: String) { self = .string(value) }
}

extension LogValue: ExpressibleByIntegerLiteral {
    public init(integerLiteral value: Int64) { self = .integer(value) }
}

extension LogValue: ExpressibleByFloatLiteral {
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension LogValue: ExpressibleByBooleanLiteral {
    public init(booleanLiteral value: Bool) { self = .boolean(value) }
}

extension LogValue {
    public static func integer(_ value: Int) -> Self { .integer(Int64(value)) }

    /// The text of an error, a path or any other value.
    public static func describing(_ value: some Any) -> Self { .string(String(describing: value)) }
}

/// A named value of a record.
public struct LogField: Sendable, Equatable {
    public var name: String
    public var value: LogValue

    public init(_ name: String, _ value: LogValue) {
        self.name = name
        self.value = value
    }
}

/// One thing that happened.
public struct LogRecord: Sendable, Equatable {
    /// Milliseconds since 1970-01-01T00:00:00Z.
    public var epochMilliseconds: Int64
    public var level: LogLevel
    /// A constant text.
    public var message: String
    /// In the order in which they are written.
    public var fields: [LogField]

    public init(epochMilliseconds: Int64, level: LogLevel, message: String, fields: [LogField] = []) {
        self.epochMilliseconds = epochMilliseconds
        self.level = level
        self.message = message
        self.fields = fields
    }
}
