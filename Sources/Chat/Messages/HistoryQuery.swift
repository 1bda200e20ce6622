public import Bytes

/// Which page of a room's history is wanted. Every page is in the order of the room, oldest first.
public struct HistoryQuery: Sendable, Equatable {
    /// How many at most; `nil` for the default. More than `ChatLimits.historyMost` are not given.
    public var limit: Int?
    /// Only messages before this one. Without `after`, the newest of them.
    public var before: MessageReference?
    /// Only messages after this one, the ones that follow it first.
    public var after: MessageReference?
    /// This message in the middle, and what is about it; instead of the others.
    public var around: MessageReference?
    /// Only messages of the thread that this one belongs to or begins.
    public var thread: MessageReference?
    /// Whether the places of removed messages are in it.
    public var includesDeleted = false

    public init(limit: Int? = nil, before: MessageReference? = nil, after: MessageReference? = nil) {
        self.limit = limit
        self.before = before
        self.after = after
    }

    /// The first message of a day, in UTC, and those that follow it.
    public static func from(_ date: CivilDate) -> HistoryQuery {
        HistoryQuery(after: .timestamp(Int64(date.daysSinceEpoch) * 86_400_000 - 1))
    }
}
