/// The types that a single JSON value stands for, on their way between `Codable` and `JSONValue`.
protocol JSONScalar {
    /// `nil` where a value of this kind, or within this range, is no such scalar.
    init?(scalar value: JSONValue)
    /// `nil` where JSON has no form for it.
    var jsonValue: JSONValue? { get }
    /// What the value should have been, for an error text.
    static var expectation: String { get }
}

extension Bool: JSONScalar {
    init?(scalar value: JSONValue) {
        guard let value = value.boolValue else { return nil }
        self = value
    }

    var jsonValue: JSONValue? { .bool(self) }
    static var expectation: String { "true or false" }
}

extension String: JSONScalar {
    init?(scalar value: JSONValue) {
        guard let value = value.stringValue else { return nil }
        self = value
    }

    var jsonValue: JSONValue? { .string(self) }
    static var expectation: String { "a string" }
}

extension Double: JSONScalar {
    init?(scalar value: JSONValue) {
        guard let value = value.doubleValue else { return nil }
        self = value
    }

    var jsonValue: JSONValue? { isFinite ? .double(self) : nil }
    static var expectation: String { "a number" }
}

extension Float: JSONScalar {
    init?(scalar value: JSONValue) {
        guard let value = value.doubleValue, Float(value).isFinite else { return nil }
        self = Float(value)
    }

    /// The double with the shortest digits of this float: 0.1 stays 0.1.
    var jsonValue: JSONValue? { isFinite ? .double(Double(description) ?? Double(self)) : nil }
    static var expectation: String { "a number" }
}

extension JSONScalar where Self: FixedWidthInteger {
    init?(scalar value: JSONValue) {
        switch value {
        case .integer(let number): self.init(exactly: number)
        case .double(let number): self.init(exactly: number)
        default: return nil
        }
    }

    var jsonValue: JSONValue? { JSONValue(self) }
    static var expectation: String { "a whole number from \(min) to \(max)" }
}

extension Int: JSONScalar {}
extension Int8: JSONScalar {}
extension Int16: JSONScalar {}
extension Int32: JSONScalar {}
extension Int64: JSONScalar {}
extension Int128: JSONScalar {}
extension UInt: JSONScalar {}
extension UInt8: JSONScalar {}
extension UInt16: JSONScalar {}
extension UInt32: JSONScalar {}
extension UInt64: JSONScalar {}
extension UInt128: JSONScalar {}

extension JSONValue: JSONScalar {
    init?(scalar value: JSONValue) { self = value }
    var jsonValue: JSONValue? { self }
    static var expectation: String { "any value" }
}

/// A key that a container makes up itself: an index, or the place of a superclass.
struct JSONCodingKey: CodingKey {
    let stringValue: String
    let intValue: Int?

    static let superclass = JSONCodingKey(stringValue: "super")

    init(stringValue: String) {
        self.stringValue = stringValue
        intValue = Int(stringValue)
    }

    init(intValue: Int) {
        stringValue = String(intValue)
        self.intValue = intValue
    }
}
