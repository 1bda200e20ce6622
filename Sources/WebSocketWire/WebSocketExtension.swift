/// One element of `Sec-WebSocket-Extensions` (RFC 6455 section 9.1).
public struct WebSocketExtension: Equatable, Sendable {
    public var name: String
    /// In the order of the header; the same name may come twice.
    public var parameters: [Parameter]

    /// One `name` or `name=value` behind the extension's name.
    public struct Parameter: Equatable, Sendable {
        public var name: String
        /// `nil` where there is only a name.
        public var value: String?

        public init(_ name: String, _ value: String? = nil) {
            self.name = name
            self.value = value
        }
    }

    public init(_ name: String, _ parameters: [Parameter] = []) {
        self.name = name
        self.parameters = parameters
    }

    /// The form in a header.
    public var text: String {
        parameters.reduce(name) { text, parameter in
            "\(text); \(parameter.name)" + (parameter.value.map { "=\($0)" } ?? "")
        }
    }

    /// The elements of a header's values, which count as one list; `nil` where they break the grammar.
    public static func parse(_ values: [String]) -> [WebSocketExtension]? {
        var extensions: [WebSocketExtension] = []
        for value in values {
            var scanner = HeaderScanner(value)
            guard scanner.readExtensions(into: &extensions) else { return nil }
        }
        return extensions
    }
}

/// Reads a header's value from front to back; each byte is looked at once.
struct HeaderScanner {
    private let bytes: [UInt8]
    private var index = 0

    init(_ value: String) { bytes = Array(value.utf8) }

    var isAtEnd: Bool { index == bytes.count }

    /// Whether `byte` was next; then it is consumed.
    mutating func skip(_ byte: UInt8) -> Bool {
        guard index < bytes.count, bytes[index] == byte else { return false }
        index += 1
        return true
    }

    /// OWS (RFC 9110 section 5.6.3).
    mutating func skipSpace() {
        while index < bytes.count, bytes[index] == 0x20 || bytes[index] == 0x09 { index += 1 }
    }

    /// A token (RFC 9110 section 5.6.2); `nil` where none begins here.
    mutating func readToken() -> String? {
        let start = index
        while index < bytes.count, Self.isTokenByte(bytes[index]) { index += 1 }
        return index == start ? nil : String(decoding: bytes[start..<index], as: UTF8.self)
    }

    /// A list with empty elements allowed (RFC 9110 section 5.6.1.2); `false` where the grammar is broken.
    mutating func readExtensions(into extensions: inout [WebSocketExtension]) -> Bool {
        while true {
            skipSpace()
            if isAtEnd { return true }
            if skip(UInt8(ascii: ",")) { continue }
            guard let element = readExtension() else { return false }
            extensions.append(element)
            guard isAtEnd || skip(UInt8(ascii: ",")) else { return false }
        }
    }

    private mutating func readExtension() -> WebSocketExtension? {
        guard let name = readToken() else { return nil }
        var element = WebSocketExtension(name)
        skipSpace()
        while skip(UInt8(ascii: ";")) {
            skipSpace()
            guard let parameter = readToken() else { return nil }
            skipSpace()
            var value: String?
            if skip(UInt8(ascii: "=")) {
                skipSpace()
                value = skip(UInt8(ascii: "\"")) ? readQuotedToken() : readToken()
                if value == nil { return nil }
                skipSpace()
            }
            element.parameters.append(WebSocketExtension.Parameter(parameter, value))
        }
        return element
    }

    /// The rest of a quoted string, which must be a token once unquoted (RFC 6455 section 9.1).
    private mutating func readQuotedToken() -> String? {
        var value: [UInt8] = []
        while index < bytes.count {
            if skip(UInt8(ascii: "\"")) { return value.isEmpty ? nil : String(decoding: value, as: UTF8.self) }
            if skip(UInt8(ascii: "\\")), isAtEnd { return nil }
            guard Self.isTokenByte(bytes[index]) else { return nil }
            value.append(bytes[index])
            index += 1
        }
        return nil
    }

    static func isTokenByte(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x5e...0x7a: true
        case 0x21, 0x23...0x27, 0x2a, 0x2b, 0x2d, 0x2e, 0x7c, 0x7e: true
        default: false
        }
    }
}
