public import Accounts

/// Keeps rooms and messages. A write that returns is durable.
///
/// After each commit the store first calls the observer with what was committed, in order and from one thread at a time;
/// only then do the calls return. So whoever hands events on in the observer has them underway before the writer of a
/// message hears of it.
public protocol ChatStore: RoomStore, MessageStore, ProfileStore, FileStore, WebhookStore {
    /// Makes the store ready; called once, before anything else.
    func start(observer: @escaping @Sendable ([CommittedEvent]) -> Void) async throws(StoreError)

    /// Throws `roomExists` for an id that is taken.
    func createRoom(_ room: NewRoom) async throws(StoreError) -> RoomRecord

    /// `nil` where there is no such room.
    func room(_ id: RoomID) async throws(StoreError) -> RoomRecord?

    /// Puts another hash in the place of the room's.
    func setPasswordHash(_ hash: String, of room: Room) async throws(StoreError)

    /// Gives the message its id, sequence and timestamp, and drops the oldest beyond the room's limit.
    ///
    /// A draft whose author has used its client id in the room before changes nothing: the place is that of then.
    func append(_ draft: MessageDraft) async throws(StoreError) -> Message

    /// Gives the reaction, or takes it back if the user has given it before.
    func toggle(_ reaction: ReactionDraft) async throws(StoreError) -> ReactionUpdate

    /// A page, oldest first; `open` runs off the event loops, and messages that it gives `nil` for are left out.
    ///
    /// One that has reached a limit has the messages nearest to what the query names, so that the next page goes on there.
    func history<Entry: PageEntry>(
        of room: Room, _ query: HistoryQuery, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Entry?
    ) async throws(StoreError) -> HistoryPage<Entry>

    /// The newest messages after `sequence`, oldest first.
    ///
    /// In line with the commits: what this misses, the observer has not been told when the call resumes.
    func missed(
        of room: Room, after sequence: Int64, limit: PageLimit, open: @escaping @Sendable (StoredMessage) -> Message?
    ) async throws(StoreError) -> [Message]

    /// Removes all messages; sequences and timestamps go on from where they were.
    func clear(_ room: Room, noting deed: Deed?) async throws(StoreError)

    /// Removes the room, its messages and its key.
    func delete(_ room: Room, noting deed: Deed?) async throws(StoreError)

    /// Commits what is waiting and lets go of all files and of the observer. Later calls throw `closed`.
    func close() async
}
