/// Declares one setting: everything that the sources, the checks and the documents need to know of it.
///
/// Its names follow from two words: `name` (`server.port`) stands in files and documents, `key` (`port`) makes the
/// variable `PARLEY_PORT` and the flag `--port`.
public struct Setting<Value: Sendable>: SettingDeclaration {
    public let name: String
    public let key: String
    public let aliases: [String]
    public let documentation: String
    public let atLimit: String?
    public let type: SettingType<Value>
    public let defaultValue: Value

    /// - Parameters:
    ///   - key: words joined by hyphens.
    ///   - aliases: further variables, read in this order where `PARLEY_…` is unset.
    ///   - documentation: what it decides, as a sentence.
    ///   - atLimit: for a limit, what happens to one who goes beyond it, as a sentence.
    public init(
        _ name: String, key: String, _ type: SettingType<Value>, default defaultValue: Value, aliases: [String] = [],
        _ documentation: String, atLimit: String? = nil
    ) {
        self.name = name
        self.key = key
        self.type = type
        self.defaultValue = defaultValue
        self.aliases = aliases
        self.documentation = documentation
        self.atLimit = atLimit
    }

    public var summary: String { type.summary }
    public var isSecret: Bool { type.isSecret }
    public var isList: Bool { type.isList }
    public var defaultText: String { type.format(defaultValue) }

    public func parse(_ text: String) -> (value: any Sendable, text: String)? {
        type.parse(text).map { (SettingValue($0), type.format($0)) }
    }
}

/// A setting without its type: what catalogues and documents are made of.
public protocol SettingDeclaration: Sendable {
    var name: String { get }
    var key: String { get }
    var aliases: [String] { get }
    var documentation: String { get }
    /// What happens at the limit; `nil` for what is none.
    var atLimit: String? { get }
    /// What values are allowed, to follow "must be".
    var summary: String { get }
    /// Whether the value is never shown.
    var isSecret: Bool { get }
    /// Whether the flag may be repeated; the values are then joined by commas.
    var isList: Bool { get }
    var defaultText: String { get }
    /// The value and its canonical text, or `nil` for what is not allowed.
    func parse(_ text: String) -> (value: any Sendable, text: String)?
}

extension SettingDeclaration {
    /// The own variable.
    public var variable: String {
        "PARLEY_" + String(key.uppercased().map { $0 == "-" ? "_" : $0 })
    }

    /// The flag; a secret has none, because everyone on the machine may read a command line.
    public var flag: String? { isSecret ? nil : "--\(key)" }
}
