extension Chat {
    /// What has become of a room's messages since a revision, in the form that its reader wants: edits, removals, reactions,
    /// pins and files. New messages are those of `HistoryQuery.after`.
    ///
    /// - Parameters:
    ///   - revision: of an earlier page, or of a join; `nil` to be told today's alone.
    ///   - limit: how many messages; `nil` for as many as a page of history has.
    ///   - form: runs off the event loops.
    public func changes<Entry: PageEntry>(
        since revision: Int64?, limit: Int? = nil, in id: String, for caller: Caller,
        form: @escaping @Sendable (Message, Room) -> Entry
    ) async throws(ChatError) -> ChangePage<Entry> {
        let room = try await authorize(.read, in: id, for: caller).room
        if let revision, revision < 0 { throw .invalid(.revision) }
        let most = min(limit ?? limits.historyDefault, limits.historyMost)
        guard most >= 1 else { throw .invalid(.historyLimit(most: limits.historyMost)) }
        let (page, open) = (pageLimit(messages: most, bytes: limits.historyBytes), opener(of: room))
        do {
            return try await environment.store.changes(of: room, since: revision, limit: page) { stored in
                open(stored).map { form($0, room) }
            }
        } catch {
            throw failure(error, of: room)
        }
    }
}
