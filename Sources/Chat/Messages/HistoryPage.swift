/// What a page of history is made of: a message as its reader wants it.
public protocol PageEntry: Sendable {
    /// What it adds to the bytes of a page.
    var byteCount: Int { get }
}

extension Message: PageEntry {
    /// Of the texts in it; what a wire writes around them is small beside the room for it.
    public var byteCount: Int {
        let names = author.text.utf8.count + (clientID?.utf8.count ?? 0)
        return reactions.reduce(text.utf8.count + names) { $0 + $1.byteCount }
    }
}

extension Reaction {
    fileprivate var byteCount: Int { users.reduce(text.utf8.count) { $0 + $1.text.utf8.count } }
}

/// How much a page has at most.
public struct PageLimit: Sendable, Equatable {
    public var messages: Int
    /// One message may have more: a page that is not the last has at least one.
    public var bytes: Int
    /// Names of those who gave one reaction to one message.
    public var listedReactors: Int

    public init(messages: Int, bytes: Int, listedReactors: Int) {
        self.messages = messages
        self.bytes = bytes
        self.listedReactors = listedReactors
    }
}

/// A part of a room's history, oldest first, without gaps.
public struct HistoryPage<Entry: PageEntry>: Sendable {
    public let entries: [Entry]
    /// Whether there are further messages of those that were asked for.
    public let hasMore: Bool

    public init(entries: [Entry], hasMore: Bool) {
        self.entries = entries
        self.hasMore = hasMore
    }
}

/// Takes the messages of a page one by one, beginning with the one that must be in it.
public struct PageBuilder<Entry: PageEntry> {
    private let limit: PageLimit
    private let open: (StoredMessage) -> Entry?
    private var entries: [Entry] = []
    private var messageCount = 0
    private var byteCount = 0
    private var isFull = false

    /// - Parameter open: what a stored message becomes; one that it gives `nil` for is left out.
    public init(_ limit: PageLimit, open: @escaping (StoredMessage) -> Entry?) {
        self.limit = limit
        self.open = open
    }

    /// Takes the next message; `false`, and the page has ended before it, where there is no room.
    public mutating func add(_ message: StoredMessage) -> Bool {
        guard !isFull, messageCount < limit.messages else {
            isFull = true
            return false
        }
        messageCount += 1
        guard let entry = open(message) else { return true }
        guard entries.isEmpty || entry.byteCount <= limit.bytes - byteCount else {
            isFull = true
            return false
        }
        byteCount += entry.byteCount
        entries.append(entry)
        return true
    }

    /// The page, where messages were added from the oldest on.
    public var page: HistoryPage<Entry> { HistoryPage(entries: entries, hasMore: isFull) }

    /// The page, where messages were added from the newest on.
    public var reversedPage: HistoryPage<Entry> { HistoryPage(entries: entries.reversed(), hasMore: isFull) }
}
