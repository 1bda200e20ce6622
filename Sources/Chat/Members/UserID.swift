import Accounts

/// The name that somebody goes by in a room, in canonical spelling; upper and lower case differ.
public struct UserID: Hashable, Sendable {
    public let text: String

    /// Names that paths of the API use, and those that would pass for the server.
    private static let reserved: Set<String> = [
        "profile", "presence", "username", "password", "search", "admin", "system",
    ]

    private static let reservedLooks = Set(reserved.map { Lookalikes.skeleton(of: $0) })

    /// Checks what a stranger wrote.
    public init(_ text: String, limits: ChatLimits = ChatLimits()) throws(ChatError) {
        guard let text = Normalization.identifier(text, longest: limits.userIDLength) else {
            throw .invalid(.userID(longest: limits.userIDLength))
        }
        guard !Self.reservedLooks.contains(Lookalikes.skeleton(of: text)) else { throw .invalid(.reservedUserID) }
        self.text = text
    }

    /// For names that were checked before they were stored.
    public init(trusted text: String) { self.text = text }
}

extension UserID: CustomStringConvertible {
    public var description: String { text }
}

extension UserID: Comparable {
    public static func < (a: UserID, b: UserID) -> Bool { a.text < b.text }
}
