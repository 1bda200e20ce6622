/// The parameters of a query, or of a form's body (`application/x-www-form-urlencoded`), decoded, in their order.
public struct QueryString: Sendable, Equatable {
    /// One `name=value`, decoded.
    public struct Parameter: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All of them, in the order received.
    public var parameters: [Parameter] = []

    public init(_ parameters: [Parameter] = []) {
        self.parameters = parameters
    }

    /// Decodes `a=1&b=two+words`: `+` is a space, a name without `=` has an empty value.
    ///
    /// Refuses what is not percent-encoded UTF-8, a NUL, and more than `maximumCount` parameters (default 100).
    public init(parsing text: some StringProtocol, maximumCount: Int = 100) throws(HTTPError) {
        try self.init(bytes: Array(text.utf8)[...], maximumCount: maximumCount)
    }

    /// Decodes a form's body; refused as `init(parsing:)` says.
    public init(form body: [UInt8], maximumCount: Int = 100) throws(HTTPError) {
        try self.init(bytes: body[...], maximumCount: maximumCount)
    }

    init(bytes: ArraySlice<UInt8>, maximumCount: Int) throws(HTTPError) {
        if !bytes.isEmpty { parameters.reserveCapacity(8) }
        var start = bytes.startIndex
        while start < bytes.endIndex {
            var middle: Int?
            var end = start
            while end < bytes.endIndex, bytes[end] != 0x26 {
                if bytes[end] == .equals, middle == nil { middle = end }
                end += 1
            }
            if end > start {
                guard parameters.count < maximumCount else { throw .tooManyParameters }
                let name = try Self.decode(bytes[start..<(middle ?? end)])
                let value = middle == nil ? "" : try Self.decode(bytes[(middle ?? end) + 1..<end])
                parameters.append(Parameter(name, value))
            }
            start = end + 1
        }
    }

    private static func decode(_ bytes: ArraySlice<UInt8>) throws(HTTPError) -> String {
        // Nearly every text is ASCII without anything to decode.
        if bytes.allSatisfy(\.standsForItself) { return String(decoding: bytes, as: UTF8.self) }
        guard let decoded = PercentEncoding.decode(bytes: bytes, plusIsSpace: true), !decoded.utf8.contains(0) else {
            throw .invalidQuery
        }
        return decoded
    }

    /// The value of the first parameter of this name.
    public func first(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    /// The values of all parameters of this name, in order.
    public func values(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    /// The parameters as a query, without a question mark.
    public var encoded: String {
        parameters.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}

extension UInt8 {
    /// Whether the byte is ASCII, no NUL, and no escape in a query.
    fileprivate var standsForItself: Bool { self > 0 && self < 0x80 && self != .percent && self != .plus }
}
