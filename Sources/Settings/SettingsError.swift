/// Why settings were refused: one sentence, which names the setting, what was given and what is allowed.
public struct SettingsError: Error, Equatable, Sendable, CustomStringConvertible {
    public let description: String

    /// A refusal with one sentence that says what to do.
    public init(_ sentence: String) { description = sentence }

    static func wrong(_ text: String, at source: SettingSource, for setting: some SettingDeclaration) -> Self {
        let given = setting.isSecret ? "a value of \(text.utf8.count) bytes (not shown)" : shown(text)
        return Self("\(source.phrase) is \(given), but \(setting.name) must be \(setting.summary).")
    }

    /// What someone gave, in quotes, cut and without control characters.
    static func shown(_ text: String) -> String {
        let clean = text.unicodeScalars.prefix(100).map { scalar in
            scalar.value < 0x20 || (0x7f...0x9f).contains(scalar.value) ? "?" : String(scalar)
        }
        return "'\(clean.joined())\(text.unicodeScalars.count > 100 ? "…" : "")'"
    }
}
