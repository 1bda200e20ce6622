/// What a `Content-Disposition` says of a part or of an answer (RFC 6266, RFC 7578 section 4.2).
public struct ContentDisposition: Sendable, Equatable {
    /// In lower case: `form-data`, `attachment`, `inline`.
    public let type: String
    public let name: String?
    /// The name of the file; where there are both forms, that of RFC 5987.
    public let fileName: String?

    /// `nil` for what cannot be read, and where a parameter that means something is there twice.
    public init?(_ text: String) {
        let pieces = MediaType.split(text, at: .semicolon)
        guard let type = pieces.first, type.isToken else { return nil }
        var values: [String: String] = [:]
        for piece in pieces.dropFirst() where !piece.isEmpty {
            guard let middle = piece.utf8.firstIndex(of: .equals) else { return nil }
            let key = piece[..<middle].trimmingBlanks.lowercased()
            let raw = piece[piece.utf8.index(after: middle)...].trimmingBlanks
            guard key.isToken, let value = key.hasSuffix("*") ? Self.extended(raw) : Self.plain(raw),
                values.updateValue(value, forKey: key) == nil
            else { return nil }
        }
        self.type = type.lowercased()
        name = values["name"]
        fileName = values["filename*"] ?? values["filename"]
    }

    /// A token or a quoted string. Browsers write a backslash of a file's name as it is: it escapes nothing but a quote and
    /// itself.
    private static func plain(_ text: Substring) -> String? {
        guard text.utf8.first == .quote else { return text.isToken ? String(text) : nil }
        guard text.utf8.count >= 2, text.utf8.last == .quote else { return nil }
        let inside = Array(text.utf8.dropFirst().dropLast())
        var bytes: [UInt8] = []
        var index = 0
        while index < inside.count {
            var byte = inside[index]
            if byte == .quote { return nil }
            if byte == 0x5c, index + 1 < inside.count, inside[index + 1] == .quote || inside[index + 1] == 0x5c {
                index += 1
                byte = inside[index]
            }
            guard byte.isFieldContent else { return nil }
            bytes.append(byte)
            index += 1
        }
        return String(validating: bytes, as: UTF8.self)
    }

    /// `UTF-8'language'percent-encoded` (RFC 5987 section 3.2.1); other character sets are refused.
    private static func extended(_ text: Substring) -> String? {
        let parts = text.pieces(between: 0x27, keepingEmpty: true)
        guard parts.count == 3, parts[0].equalsIgnoringCase("utf-8"),
            parts[2].utf8.allSatisfy({ $0.isToken || $0 == .percent })
        else { return nil }
        return PercentEncoding.decode(parts[2])
    }

    /// The field's value that lets a browser save an answer under a name, or show it: old clients read the form in ASCII.
    public static func value(isInline: Bool, fileName: String) -> String {
        let ascii = fileName.unicodeScalars.map { scalar in
            scalar.isASCII && scalar.value >= 0x20 && scalar.value != 0x7f && scalar != "\"" && scalar != "\\"
                && scalar != "%" ? Character(scalar) : "_"
        }
        let kind = isInline ? "inline" : "attachment"
        return "\(kind); filename=\"\(String(ascii))\"; filename*=UTF-8''\(PercentEncoding.encode(fileName))"
    }
}
