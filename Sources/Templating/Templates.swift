/// A set of HTML templates, parsed and checked once.
///
///     {{name}}                        the value, escaped; {{a.b}} a member; {{this}} the element of an each
///     {{{name}}}                      the value as it is: for fragments that this program made
///     {{#if x}} … {{else}} … {{/if}}
///     {{#each xs}} … {{else}} … {{/each}}
///     {{> other}}                     another template of the set
///     {{! nobody reads this }}
///
/// Escaping makes text safe between tags and in quoted attributes. Where it does not (in scripts, styles, comments, tags,
/// unquoted attributes, handlers such as `onclick`, at the beginning of an address) a value is refused when the template
/// is parsed. Values are never parsed.
public struct Templates: Sendable {
    private let parsed: [String: [TemplateNode]]

    /// Parses `sources`, each under its file's name: `chat.html` is rendered and included as `chat.html`.
    public init(_ sources: [String: String]) throws(TemplateError) {
        var parsed: [String: [TemplateNode]] = [:]
        for (name, source) in sources.sorted(by: { $0.key < $1.key }) {
            var parser = TemplateParser(file: name, source: source)
            parsed[name] = try parser.parse()
        }
        self.parsed = parsed
        for name in parsed.keys.sorted() { try checkIncludes(of: name, within: []) }
    }

    /// The names of all templates, in order.
    public var names: [String] { parsed.keys.sorted() }

    /// The page. A value that the template names and `values` has not is an error, but in `{{#if}}`, where it is false.
    public func render(_ name: String, _ values: [String: TemplateValue]) throws(TemplateError) -> String {
        guard let nodes = parsed[name] else {
            throw TemplateError(file: name, line: 1, message: "Add the template \(name).")
        }
        var renderer = TemplateRenderer(templates: parsed, file: name, values: .object(values))
        try renderer.render(nodes)
        return String(decoding: renderer.out, as: UTF8.self)
    }

    private func checkIncludes(of name: String, within outer: [String]) throws(TemplateError) {
        for include in Self.includes(in: parsed[name] ?? []) {
            let problem: String? =
                parsed[include.name] == nil
                ? "Add the template \(include.name), which is included here."
                : (outer + [name]).contains(include.name) ? "Do not let \(include.name) include itself." : nil
            if let problem { throw TemplateError(file: name, line: include.line, message: problem) }
            try checkIncludes(of: include.name, within: outer + [name])
        }
    }

    private static func includes(in nodes: [TemplateNode]) -> [(name: String, line: Int)] {
        nodes.flatMap { node -> [(name: String, line: Int)] in
            switch node {
            case .literal, .value: []
            case .include(let name, let line): [(name, line)]
            case .condition(_, let body, let other), .each(_, let body, let other): includes(in: body + other)
            }
        }
    }
}

/// A piece of a parsed template.
indirect enum TemplateNode: Sendable {
    case literal([UInt8])
    case value(TemplateName, isRaw: Bool)
    case condition(TemplateName, [TemplateNode], otherwise: [TemplateNode])
    case each(TemplateName, [TemplateNode], otherwise: [TemplateNode])
    case include(String, line: Int)
}

/// `a.b.c` or `this`, and where it stands.
struct TemplateName: Sendable {
    let path: [String]
    let line: Int

    var text: String { path.isEmpty ? "this" : path.joined(separator: ".") }
}
