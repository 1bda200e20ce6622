/// Which page of a room's history is wanted. Every page is in the order of the room, oldest first.
public struct HistoryQuery: Sendable, Equatable {
    /// How many at most; `nil` for the default. More than `ChatLimits.historyMost` are not given.
    public var limit: Int?
    /// Only messages before this one. Without `after`, the newest of them.
    public var before: MessageReference?
    /// Only messages after this one, the ones that follow it first.
    public var after: MessageReference?

    public init(limit: Int? = nil, before: MessageReference? = nil, after: MessageReference? = nil) {
        self.limit = limit
        self.before = before
        self.after = after
    }
}
