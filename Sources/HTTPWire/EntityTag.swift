/// An entity tag (RFC 9110 section 8.8.3).
public struct EntityTag: Sendable, Equatable, CustomStringConvertible {
    /// What stands between the quotes.
    public let opaque: String
    /// Whether it stands for the meaning alone, and not for each byte (RFC 9110 section 8.8.1).
    public let isWeak: Bool

    /// A tag with this text between its quotation marks.
    public init(_ opaque: String, isWeak: Bool = false) {
        self.opaque = opaque
        self.isWeak = isWeak
    }

    /// Reads `"tag"` or `W/"tag"`; `nil` for anything else.
    public init?(parsing text: some StringProtocol) {
        isWeak = text.utf8.starts(with: "W/".utf8)
        let quoted = Substring(text).utf8.dropFirst(isWeak ? 2 : 0)
        let inside = quoted.dropFirst().dropLast()
        guard quoted.count >= 2, quoted.first == .quote, quoted.last == .quote,
            inside.allSatisfy({ $0 > .space && $0 != .quote && $0 != 0x7f })
        else { return nil }
        opaque = String(Substring(inside))
    }

    public var description: String { isWeak ? "W/\"\(opaque)\"" : "\"\(opaque)\"" }

    /// Equal as `If-Range` wants it (section 8.8.3.2): neither is weak.
    public func matchesStrongly(_ other: EntityTag) -> Bool { !isWeak && !other.isWeak && opaque == other.opaque }

    /// Whether an `If-None-Match` field names this tag (weak comparison, section 13.1.2) or is `*`.
    public func isMatched(byIfNoneMatch field: String) -> Bool {
        if field.trimmingBlanks == "*" { return true }
        return MediaType.split(field, at: .comma).contains { element in
            EntityTag(parsing: element).map { $0.opaque == opaque } ?? false
        }
    }
}
