public import Media

/// Which files a server takes, by their content.
public struct FileTypes: Sendable, Equatable {
    /// `nil` for any.
    private let kinds: Set<MediaKind>?

    /// Any.
    public static let all = FileTypes(kinds: nil)

    private init(kinds: Set<MediaKind>?) { self.kinds = kinds }

    /// Of names that are content types (`image/png`) or families (`image`); none stands for any. `nil` where one of
    /// them is neither.
    public init?(_ names: [String]) {
        var kinds: Set<MediaKind> = []
        for name in names {
            guard let named = Self.kinds(named: name) else { return nil }
            kinds.formUnion(named)
        }
        self.init(kinds: names.isEmpty ? nil : kinds)
    }

    /// The kinds that a name stands for; `nil` for no such name.
    public static func kinds(named name: String) -> [MediaKind]? {
        if let family = MediaKind.Family(rawValue: name) { return MediaKind.allCases.filter { $0.family == family } }
        return MediaKind(rawValue: name).map { [$0] }
    }

    public func allows(_ kind: MediaKind) -> Bool { kinds?.contains(kind) ?? true }
}
