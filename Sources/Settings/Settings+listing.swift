/// A setting as it is in effect.
public struct ListedSetting: Sendable, Equatable {
    public let group: String
    public let name: String
    /// Masked where it is a secret; `nil` where there is none.
    public let value: String?
    /// Where the value came from, such as `flag --port`.
    public let source: String
    public let isSecret: Bool
    public let documentation: String
}

extension Settings {
    /// Every setting, in the order of the documents.
    public var listing: [ListedSetting] {
        catalog.groups.flatMap { group in
            group.settings.map { setting in
                let shown = shownValue(of: setting)
                return ListedSetting(
                    group: group.title, name: setting.name, value: shown == "-" ? nil : shown,
                    source: origin(of: setting), isSecret: setting.isSecret, documentation: setting.documentation)
            }
        }
    }
}
