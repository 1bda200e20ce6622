/// The settings in effect: the value of each, and where it came from.
public struct Settings: Sendable {
    struct Entry: Sendable {
        var value: any Sendable
        var text: String
        var source: SettingSource
    }

    let catalog: SettingsCatalog
    var entries: [String: Entry] = [:]
    /// Sentences about variables that have no effect.
    public internal(set) var notices: [String] = []

    init(catalog: SettingsCatalog) { self.catalog = catalog }

    /// The value in effect; the default where no source gave one.
    public subscript<Value>(_ setting: Setting<Value>) -> Value {
        (entries[setting.name]?.value as? SettingValue<Value>)?.value ?? setting.defaultValue
    }

    /// Where the value came from.
    public func source(of setting: some SettingDeclaration) -> SettingSource {
        entries[setting.name]?.source ?? .default
    }

    /// The same settings with another value for one; for tests and programs that decide by themselves.
    public func replacing<Value>(_ setting: Setting<Value>, with value: Value) -> Settings {
        var copy = self
        copy.entries[setting.name] = Entry(
            value: SettingValue(value), text: setting.type.format(value), source: .program)
        return copy
    }
}

/// The value of a setting whose type nobody knows: in a box, for a cast takes an optional that is `nil` for no value at all.
struct SettingValue<Value: Sendable>: Sendable {
    let value: Value

    init(_ value: Value) { self.value = value }
}

/// Where a value came from.
public enum SettingSource: Equatable, Sendable {
    case flag(String)
    case variable(String)
    case file(path: String, line: Int)
    case program
    case `default`

    /// How a sentence names it.
    var phrase: String {
        switch self {
        case .flag(let flag): flag
        case .variable(let name): name
        case .file(let path, let line): "line \(line) of \(path)"
        case .program: "the program's choice"
        case .default: "the default"
        }
    }
}
