/// What values a setting may have: how they are read, written and told.
public struct SettingType<Value: Sendable>: Sendable {
    /// What is allowed, to follow "must be".
    public let summary: String
    public let isSecret: Bool
    public let isList: Bool
    /// Answers `nil` for what is not allowed.
    public let parse: @Sendable (String) -> Value?
    /// Writes a value such that `parse` reads it back.
    public let format: @Sendable (Value) -> String

    public init(
        _ summary: String, isSecret: Bool = false, isList: Bool = false,
        parse: @escaping @Sendable (String) -> Value?, format: @escaping @Sendable (Value) -> String
    ) {
        self.summary = summary
        self.isSecret = isSecret
        self.isList = isList
        self.parse = parse
        self.format = format
    }
}

extension SettingType {
    /// A value of that type, or none where the setting is not given.
    public static func optional<Wrapped: Sendable>(_ type: SettingType<Wrapped>) -> Self where Value == Wrapped? {
        SettingType(
            type.summary, isSecret: type.isSecret, isList: type.isList,
            parse: { text in
                guard let value = type.parse(text) else { return nil }
                return .some(value)
            },
            format: { value in value.map(type.format) ?? "" })
    }

    /// A value of that type, or `off`.
    public static func orOff<Wrapped: Sendable>(_ type: SettingType<Wrapped>) -> Self where Value == Wrapped? {
        SettingType(
            "\(type.summary), or off", isSecret: type.isSecret, isList: type.isList,
            parse: { text in
                if text.lowercased() == "off" { return .some(nil) }
                guard let value = type.parse(text) else { return nil }
                return .some(value)
            },
            format: { value in value.map(type.format) ?? "off" })
    }

    /// Several values, separated by commas or by repeating the flag.
    public static func list<Element: Sendable>(_ plural: String, of type: SettingType<Element>) -> Self
    where Value == [Element] {
        SettingType(
            "\(plural), separated by commas", isSecret: type.isSecret, isList: true,
            parse: { text in
                var values: [Element] = []
                for piece in text.split(separator: ",").map(\.trimmed) where !piece.isEmpty {
                    guard let value = type.parse(String(piece)) else { return nil }
                    values.append(value)
                }
                return values
            },
            format: { $0.map(type.format).joined(separator: ",") })
    }
}

extension SettingType where Value == String {
    /// A text that is not empty.
    public static var text: Self { text("a text that is not empty") }

    /// A text that is not empty, with a summary of its own.
    public static func text(_ summary: String) -> Self {
        SettingType(summary, parse: { $0.isEmpty ? nil : $0 }, format: { $0 })
    }

    /// The path of a file or a directory.
    public static var path: Self {
        SettingType("a path", parse: { $0.isEmpty || $0.contains("\0") ? nil : $0 }, format: { $0 })
    }

    /// A text that is never shown, of at least so many bytes, and none that stands in an example somewhere.
    public static func secret(minimumBytes: Int) -> Self {
        SettingType(
            "a random text of at least \(minimumBytes) bytes that is not taken from an example", isSecret: true,
            parse: { text in
                text.utf8.count >= minimumBytes && !SecretQuality.isWeak(text) ? text : nil
            },
            format: { $0 })
    }
}

extension SettingType where Value == Bool {
    /// `on` or `off`; the other usual words are understood too.
    public static var boolean: Self {
        SettingType(
            "on or off",
            parse: { text in
                switch text.lowercased() {
                case "on", "true", "yes", "1": true
                case "off", "false", "no", "0": false
                default: nil
                }
            },
            format: { $0 ? "on" : "off" })
    }
}

extension SettingType where Value: RawRepresentable & CaseIterable, Value.RawValue == String {
    /// One of the cases, by its raw value.
    public static var choice: Self {
        let names = Value.allCases.map(\.rawValue)
        let summary = names.dropLast().joined(separator: ", ") + (names.count > 1 ? " or " : "") + (names.last ?? "")
        return SettingType(summary, parse: { Value(rawValue: $0.lowercased()) }, format: { $0.rawValue })
    }
}

extension StringProtocol {
    /// Without white space at both ends.
    var trimmed: SubSequence {
        let isBlank: (Character) -> Bool = { $0 == " " || $0 == "\t" || $0 == "\r" }
        guard let first = firstIndex(where: { !isBlank($0) }), let last = lastIndex(where: { !isBlank($0) }) else {
            return self[endIndex...]
        }
        return self[first...last]
    }
}
