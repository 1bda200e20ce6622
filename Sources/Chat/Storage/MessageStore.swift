public import Accounts

/// What a store does with single messages and with what people have seen of them. See `ChatStore`.
public protocol MessageStore: AnyObject, Sendable {
    // MARK: Changing

    /// Puts a text in the place of another by the same person, which is kept beside it.
    func edit(_ draft: EditDraft) async throws(StoreError) -> Message

    /// Removes all of a message but its place; its bytes are overwritten.
    func remove(_ draft: RemovalDraft) async throws(StoreError) -> Removal

    /// Pins a message, or takes the pin away.
    func pin(_ draft: PinDraft) async throws(StoreError) -> PinChange

    // MARK: Reading

    /// One message; throws `messageMissing`.
    func message(_ reference: MessageReference, of room: Room, listedReactors: Int) async throws(StoreError)
        -> StoredMessage

    /// What a message said before its edits, the oldest first; throws `messageMissing`.
    func versions(of message: MessageReference, in room: Room) async throws(StoreError) -> [StoredVersion]

    /// The pinned messages of a room, the one that was pinned last first.
    func pins(of room: Room, listedReactors: Int) async throws(StoreError) -> [StoredPin]

    /// Each message that was changed after a revision, as it is now, the one that was changed longest ago first; `open`
    /// runs off the event loops. Only where the room stands, without a revision.
    func changes<Entry: PageEntry>(
        of room: Room, since revision: Int64?, limit: PageLimit,
        open: @escaping @Sendable (StoredMessage) -> Entry?
    ) async throws(StoreError) -> ChangePage<Entry>

    /// The places of messages, each `nil` where there is none.
    func places(of references: [MessageReference], in room: Room) async throws(StoreError) -> [MessagePlace?]

    /// Messages that name an account, in rooms that it belongs to, the newest first.
    ///
    /// - Parameter end: only those before this one.
    func mentions(
        of account: AccountKey, before end: MessageID?, limit: Int, listedReactors: Int
    ) async throws(StoreError) -> [StoredMention]

    // MARK: What was read

    func mark(_ draft: ReadDraft) async throws(StoreError) -> ReadChange

    /// What an account has not seen of the rooms that it belongs to, by their ids.
    ///
    /// - Parameter most: how far is counted.
    func unread(
        of account: AccountKey, person: PersonID, after room: RoomID?, limit: Int, most: Int
    ) async throws(StoreError) -> [UnreadRoom]

    /// How far people have read, those who did last first, without those who do not want it told.
    func readMarks(in room: Room, limit: Int) async throws(StoreError) -> [ReadMark]

    /// Whether others are told what the account has read.
    func receipts(of account: AccountKey) async throws(StoreError) -> Bool

    func setReceipts(_ areTold: Bool, of account: AccountKey) async throws(StoreError)

    // MARK: Search

    /// Where the messages lie that a search is about, for each room; one that was deleted has none.
    func spans(of rooms: [Room], _ bounds: SearchBounds) async throws(StoreError) -> [SearchSpan]

    /// Looks at the messages of a part of a room, the newest first; gives those that were found.
    ///
    /// - Parameters:
    ///   - most: with so many found it ends.
    ///   - finder: called on the thread that reads, and used there.
    func scan(
        _ room: Room, _ sequences: Range<Int64>, most: Int, listedReactors: Int,
        finder: @escaping @Sendable () -> MessageFinder?
    ) async throws(StoreError) -> ScanResult

    /// The messages about one, each with how many there are at most, oldest first.
    func context(
        of place: MessagePlace, in room: Room, count: Int
    ) async throws(StoreError) -> (before: [StoredMessage], after: [StoredMessage])

    // MARK: Retention

    /// Removes what is over the limits of the rooms that follow one, in one bounded step; gives where to go on, and `nil`
    /// at the end.
    func sweepMessages(after room: RoomKey?) async throws(StoreError) -> RoomKey?
}
