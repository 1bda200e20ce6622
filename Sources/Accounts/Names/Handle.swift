/// The name of an account that no other account has, nor one that looks like it.
public struct Handle: Hashable, Sendable {
    /// As its owner writes it.
    public let text: String
    /// What two handles must not have in common (`Lookalikes.skeleton`).
    public let skeleton: String

    /// Names that paths of the API use, and those that would pass for the server.
    public static let reserved: Set<String> = [
        "profile", "presence", "username", "password", "search", "admin", "system", "me", "all", "here", "everyone",
        "channel", "lobby", "server", "moderator", "administrator", "root", "support",
    ]

    /// Checks what a stranger wrote: 1 to `longest` letters, digits and `_ - .`, beginning with a letter or a digit.
    public init(_ text: String, longest: Int = AccountLimits().handleLength) throws(AccountError) {
        guard let text = Normalization.identifier(text, longest: longest),
            let first = text.unicodeScalars.first, Self.isLetterOrDigit(first),
            text.unicodeScalars.allSatisfy({ Self.isLetterOrDigit($0) || "_-.".unicodeScalars.contains($0) })
        else { throw .invalidHandle(longest: longest) }
        self.init(trusted: text)
        guard !Self.reservedSkeletons.contains(skeleton) else { throw .reservedHandle }
    }

    /// For names that were checked before they were stored.
    public init(trusted text: String) {
        self.text = text
        skeleton = Lookalikes.skeleton(of: text)
    }

    public static func == (a: Handle, b: Handle) -> Bool { a.skeleton == b.skeleton }

    public func hash(into hasher: inout Hasher) { hasher.combine(skeleton) }

    private static let reservedSkeletons = Set(reserved.map(Lookalikes.skeleton))

    private static func isLetterOrDigit(_ scalar: Unicode.Scalar) -> Bool {
        if scalar.isASCII { return scalar.properties.isAlphabetic || (0x30...0x39).contains(scalar.value) }
        switch scalar.properties.generalCategory {
        case .uppercaseLetter, .lowercaseLetter, .titlecaseLetter, .modifierLetter, .otherLetter, .decimalNumber,
            .nonspacingMark, .spacingMark:
            return true
        default: return false
        }
    }
}

extension Handle: CustomStringConvertible {
    public var description: String { text }
}
