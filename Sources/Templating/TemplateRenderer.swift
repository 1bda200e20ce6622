/// Writes one page.
struct TemplateRenderer {
    private let templates: [String: [TemplateNode]]
    private var file: String
    /// The values, and inside of `{{#each}}` the elements; names are looked up from the last to the first.
    private var scopes: [TemplateValue]
    private(set) var out: [UInt8] = []

    init(templates: [String: [TemplateNode]], file: String, values: TemplateValue) {
        self.templates = templates
        self.file = file
        scopes = [values]
    }

    mutating func render(_ nodes: [TemplateNode]) throws(TemplateError) {
        for node in nodes {
            switch node {
            case .literal(let bytes): out += bytes
            case .value(let name, let isRaw): try append(name, isRaw: isRaw)
            case .condition(let name, let body, let otherwise):
                try render(lookUp(name)?.isTrue ?? false ? body : otherwise)
            case .each(let name, let body, let otherwise):
                guard case .list(let elements) = try require(name) else {
                    throw error(name, "Give a list as \(name.text).")
                }
                if elements.isEmpty { try render(otherwise) }
                for element in elements {
                    scopes.append(element)
                    try render(body)
                    scopes.removeLast()
                }
            case .include(let name, _):
                let outer = file
                file = name
                try render(templates[name] ?? [])
                file = outer
            }
        }
    }

    private mutating func append(_ name: TemplateName, isRaw: Bool) throws(TemplateError) {
        guard let text = try require(name).text else { throw error(name, "Give a text or a number as \(name.text).") }
        if isRaw { out += text.utf8 } else { HTMLEscape.append(text, to: &out) }
    }

    private func require(_ name: TemplateName) throws(TemplateError) -> TemplateValue {
        guard let value = lookUp(name) else { throw error(name, "Give a value for \(name.text).") }
        return value
    }

    private func error(_ name: TemplateName, _ message: String) -> TemplateError {
        TemplateError(file: file, line: name.line, message: message)
    }

    private func lookUp(_ name: TemplateName) -> TemplateValue? {
        guard let first = name.path.first else { return scopes.last }
        for scope in scopes.reversed() {
            guard case .object(let members) = scope, var value = members[first] else { continue }
            for next in name.path.dropFirst() {
                guard case .object(let inner) = value, let member = inner[next] else { return nil }
                value = member
            }
            return value
        }
        return nil
    }
}

/// Text for HTML.
public enum HTMLEscape {
    /// The text with `& < > " '` as character references: safe between tags and in quoted attributes.
    public static func escape(_ text: String) -> String {
        var out: [UInt8] = []
        append(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }

    static func append(_ text: String, to out: inout [UInt8]) {
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "&"): out += "&amp;".utf8
            case UInt8(ascii: "<"): out += "&lt;".utf8
            case UInt8(ascii: ">"): out += "&gt;".utf8
            case UInt8(ascii: "\""): out += "&quot;".utf8
            case UInt8(ascii: "'"): out += "&#39;".utf8
            default: out.append(byte)
            }
        }
    }
}
