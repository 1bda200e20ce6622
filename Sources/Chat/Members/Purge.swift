/// Messages of somebody that go with a ban.
public struct Purge: Sendable {
    /// Whose they are: those of one person, or those that guests wrote under a name that looks so.
    public enum Author: Sendable, Equatable {
        case person(PersonID)
        case guests(look: String)
    }

    public let author: Author
    /// Those from then on, in milliseconds since 1970.
    public let since: Int64
    /// Who removes them.
    public let moderator: UserID
    /// How many go in one transaction, so that nobody's message waits long behind them.
    public let step: Int
}
