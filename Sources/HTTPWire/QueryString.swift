/// The parameters of a query, or of a form's body (`application/x-www-form-urlencoded`), decoded, in their order.
public struct QueryString: Sendable, Equatable {
    public struct Parameter: Sendable, Equatable {
        public var name: String
        public var value: String

        public init(_ name: String, _ value: String) {
            self.name = name
            self.value = value
        }
    }

    public var parameters: [Parameter] = []

    public init(_ parameters: [Parameter] = []) {
        self.parameters = parameters
    }

    /// Decodes `a=1&b=two+words`: `+` is a space, a name without `=` has an empty value.
    ///
    /// Refuses what is not percent-encoded UTF-8, a NUL, and more than `maximumCount` parameters (default 100).
    public init(parsing text: some StringProtocol, maximumCount: Int = 100) throws(HTTPError) {
        for pair in text.pieces(between: 0x26) {
            guard parameters.count < maximumCount else { throw .tooManyParameters }
            let middle = pair.utf8.firstIndex(of: .equals)
            let name = try Self.decode(pair[..<(middle ?? pair.endIndex)])
            let value = try middle.map { at throws(HTTPError) in try Self.decode(pair[pair.utf8.index(after: at)...]) }
            parameters.append(Parameter(name, value ?? ""))
        }
    }

    /// Decodes a form's body; refused as `init(parsing:)` says.
    public init(form body: [UInt8], maximumCount: Int = 100) throws(HTTPError) {
        guard let text = String(validating: body, as: UTF8.self) else { throw .invalidQuery }
        try self.init(parsing: text, maximumCount: maximumCount)
    }

    private static func decode(_ text: some StringProtocol) throws(HTTPError) -> String {
        guard let decoded = PercentEncoding.decode(text, plusIsSpace: true), !decoded.utf8.contains(0) else {
            throw .invalidQuery
        }
        return decoded
    }

    /// The value of the first parameter of this name.
    public func first(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    public func values(_ name: String) -> [String] { parameters.filter { $0.name == name }.map(\.value) }

    /// The parameters as a query, without a question mark.
    public var encoded: String {
        parameters.map { "\(PercentEncoding.encode($0.name))=\(PercentEncoding.encode($0.value))" }
            .joined(separator: "&")
    }
}
