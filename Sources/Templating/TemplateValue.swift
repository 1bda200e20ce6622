/// What is put into a template.
public indirect enum TemplateValue: Sendable, Equatable {
    case text(String)
    case number(Int)
    case bool(Bool)
    case list([TemplateValue])
    case object([String: TemplateValue])

    /// What `{{#if}}` goes by: false for an empty text, nought, `false`, and an empty list.
    var isTrue: Bool {
        switch self {
        case .text(let text): !text.isEmpty
        case .number(let number): number != 0
        case .bool(let bool): bool
        case .list(let list): !list.isEmpty
        case .object: true
        }
    }

    /// The text that `{{name}}` stands for; `nil` for a list and an object.
    var text: String? {
        switch self {
        case .text(let text): text
        case .number(let number): String(number)
        case .bool(let bool): bool ? "true" : "false"
        case .list, .object: nil
        }
    }
}

extension TemplateValue: ExpressibleByStringLiteral, ExpressibleByStringInterpolation, ExpressibleByIntegerLiteral,
    ExpressibleByBooleanLiteral, ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral
{
    public init(stringLiteral value: String) { self = .text(value) }
    public init(integerLiteral value: Int) { self = .number(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: TemplateValue...) { self = .list(elements) }
    public init(dictionaryLiteral elements: (String, TemplateValue)...) {
        self = .object(Dictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}
