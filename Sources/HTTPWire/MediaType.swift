/// A media type with its parameters (RFC 9110 section 8.3.1); type and names in lower case.
public struct MediaType: Sendable, Equatable, CustomStringConvertible {
    public let type: String
    public let subtype: String
    public let parameters: [Parameter]

    /// One `name=value` behind the type.
    public struct Parameter: Sendable, Equatable {
        public let name: String
        public let value: String
    }

    /// Reads a `Content-Type`; `nil` for what is none. Quoted values are unquoted.
    public init?(_ text: String) {
        var parts = Self.split(text, at: .semicolon)[...]
        guard let names = parts.popFirst()?.pieces(between: .slash, keepingEmpty: true), names.count == 2,
            names[0].isToken, names[1].isToken
        else { return nil }
        var parameters: [Parameter] = []
        for part in parts where !part.isEmpty {
            guard let middle = part.utf8.firstIndex(of: .equals), part[..<middle].isToken,
                let value = Self.unquote(part[part.utf8.index(after: middle)...])
            else { return nil }
            parameters.append(Parameter(name: part[..<middle].lowercased(), value: value))
        }
        type = names[0].lowercased()
        subtype = names[1].lowercased()
        self.parameters = parameters
    }

    /// `type/subtype` without parameters.
    public var essence: String { "\(type)/\(subtype)" }

    /// The parameter of that name, in lower case.
    public var charset: String? { parameter("charset")?.lowercased() }

    /// The value of the first parameter of this name (lower case).
    public func parameter(_ name: String) -> String? { parameters.first { $0.name == name }?.value }

    public var description: String {
        parameters.reduce(essence) { text, parameter in
            let value = parameter.value.isToken ? parameter.value : Self.quote(parameter.value)
            return "\(text); \(parameter.name)=\(value)"
        }
    }

    /// The pieces between separators that are not inside a quoted string, without blanks.
    static func split(_ text: String, at separator: UInt8) -> [Substring] {
        var pieces: [Substring] = []
        var start = text.startIndex
        var isQuoted = false
        var isEscaped = false
        for index in text.utf8.indices {
            let byte = text.utf8[index]
            if isEscaped {
                isEscaped = false
            } else if byte == .quote {
                isQuoted.toggle()
            } else if byte == 0x5c {
                isEscaped = isQuoted
            } else if byte == separator, !isQuoted {
                pieces.append(text[start..<index].trimmingBlanks)
                start = text.utf8.index(after: index)
            }
        }
        pieces.append(text[start...].trimmingBlanks)
        return pieces
    }

    /// The value of a token or of a quoted string (RFC 9110 section 5.6.4).
    private static func unquote(_ text: Substring) -> String? {
        if text.isToken { return String(text) }
        guard text.utf8.count >= 2, text.utf8.first == .quote, text.utf8.last == .quote else { return nil }
        var bytes: [UInt8] = []
        var isEscaped = false
        for byte in text.utf8.dropFirst().dropLast() {
            if !isEscaped, byte == 0x5c {
                isEscaped = true
                continue
            }
            guard isEscaped || byte != .quote, byte.isFieldContent else { return nil }
            isEscaped = false
            bytes.append(byte)
        }
        return isEscaped ? nil : String(validating: bytes, as: UTF8.self)
    }

    private static func quote(_ text: String) -> String {
        var quoted = "\""
        for character in text.unicodeScalars {
            if character == "\"" || character == "\\" { quoted += "\\" }
            quoted.unicodeScalars.append(character)
        }
        return quoted + "\""
    }
}

extension MediaType {
    /// The `Content-Type` for a file by the end of its name, in any case; `application/octet-stream` where unknown.
    public static func contentType(forFileNamed name: some StringProtocol) -> String {
        guard let dot = name.lastIndex(of: ".") else { return "application/octet-stream" }
        return byExtension[name[name.index(after: dot)...].lowercased()] ?? "application/octet-stream"
    }

    /// Whether content of this type becomes smaller when compressed.
    public static func isCompressible(_ contentType: String) -> Bool {
        guard let type = MediaType(contentType) else { return false }
        return type.type == "text" || type.subtype.hasSuffix("+xml") || type.subtype.hasSuffix("+json")
            || ["json", "javascript", "xml", "wasm"].contains(type.subtype)
    }

    private static let byExtension: [String: String] = [
        "html": "text/html; charset=utf-8", "htm": "text/html; charset=utf-8", "css": "text/css; charset=utf-8",
        "js": "text/javascript; charset=utf-8", "mjs": "text/javascript; charset=utf-8",
        "txt": "text/plain; charset=utf-8", "md": "text/markdown; charset=utf-8", "csv": "text/csv; charset=utf-8",
        "xml": "application/xml; charset=utf-8", "json": "application/json", "map": "application/json",
        "jsonl": "application/jsonl", "webmanifest": "application/manifest+json", "svg": "image/svg+xml",
        "png": "image/png", "jpg": "image/jpeg", "jpeg": "image/jpeg", "gif": "image/gif", "webp": "image/webp",
        "avif": "image/avif", "ico": "image/vnd.microsoft.icon", "woff2": "font/woff2", "woff": "font/woff",
        "ttf": "font/ttf", "otf": "font/otf", "wasm": "application/wasm", "pdf": "application/pdf",
        "zip": "application/zip", "gz": "application/gzip", "mp3": "audio/mpeg", "ogg": "audio/ogg",
        "opus": "audio/ogg", "wav": "audio/wav", "m4a": "audio/mp4", "mp4": "video/mp4", "webm": "video/webm",
    ]
}
