/// All settings of a program, in groups: what is read, checked, shown and documented.
public struct SettingsCatalog: Sendable {
    /// Settings under one heading of the documents.
    public struct Group: Sendable {
        public var title: String
        /// In the order of the documents.
        public var settings: [any SettingDeclaration]

        /// A group under this title.
        public init(_ title: String, _ settings: [any SettingDeclaration]) {
            self.title = title
            self.settings = settings
        }
    }

    /// A variable that is known and does not decide anything.
    public struct ForeignVariable: Sendable {
        /// What becomes of such a variable.
        public enum Treatment: Sendable {
            /// The start is refused with the sentence.
            case refused
            /// The start goes on, and the sentence stands in `Settings.notices`.
            case ignored
        }

        public var name: String
        public var treatment: Treatment
        public var sentence: String

        public init(_ name: String, _ treatment: Treatment, _ sentence: String) {
            self.name = name
            self.treatment = treatment
            self.sentence = sentence
        }
    }

    /// Where further settings are read from; part of every catalogue.
    public static let file = Setting(
        "config", key: "config", .optional(.path), default: nil,
        "A file with further settings, one `name = value` a line; a line that begins with `#` is a comment.")

    /// The settings, by subject, in the order of the documents.
    public let groups: [Group]
    public let foreignVariables: [ForeignVariable]
    /// Checks what several settings say together; answers a sentence for what cannot be.
    let check: @Sendable (Settings) -> String?

    public init(
        _ groups: [Group], foreignVariables: [ForeignVariable] = [],
        check: @escaping @Sendable (Settings) -> String? = { _ in nil }
    ) {
        self.groups = [Group("Settings file", [Self.file])] + groups
        self.foreignVariables = foreignVariables
        self.check = check
    }

    public var settings: [any SettingDeclaration] { groups.flatMap(\.settings) }

    /// Names, flags and variables that stand for two settings; a test keeps this empty.
    public var clashes: [String] {
        var seen: Set<String> = []
        var twice: [String] = []
        for setting in settings {
            for word in [setting.name, setting.key, setting.variable] + setting.aliases
            where !seen.insert(word).inserted && word != setting.name {
                twice.append(word)
            }
        }
        return twice
    }

    func setting(named name: some StringProtocol) -> (any SettingDeclaration)? {
        settings.first { $0.name == name }
    }

    func setting(flag: String) -> (any SettingDeclaration)? {
        settings.first { $0.flag == flag }
    }
}
