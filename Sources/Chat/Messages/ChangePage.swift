/// What has become of messages of a room: each that was changed, as it is now, the one that was changed longest ago first.
public struct ChangePage<Entry: PageEntry>: Sendable {
    public var entries: [Entry] = []
    /// What to ask with next time.
    public var revision: Int64
    /// Whether more has changed: ask with `revision` at once.
    public var hasMore = false
    /// The sequence of the oldest message that is there; all before it are gone. `nil` where there are none.
    public var oldest: Int64?
    /// Whether the revision that was asked with is none of this room: load its history anew.
    public var isReset = false

    public init(revision: Int64) { self.revision = revision }
}
