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
    public var entries: [Entry]
    /// Whether there are further messages of those that were asked for.
    public let hasMore: Bool
    /// The oldest and the newest message that it is made of, whether they could be opened or not.
    public let places: [MessagePlace]
    /// Whether anything comes before it in the room.
    public var hasEarlier = false
    /// Whether anything comes behind it in the room.
    public var hasLater = false

    /// - Parameter places: of all that it is made of, in its order.
    public init(entries: [Entry], hasMore: Bool, places: [MessagePlace] = []) {
        self.entries = entries
        self.hasMore = hasMore
        self.places = places.count > 2 ? [places[0], places[places.count - 1]] : places
    }
}

/// Takes the messages of a page one by one, beginning with the one that must be in it.
public struct PageBuilder<Entry: PageEntry> {
    private let limit: PageLimit
    private let open: (StoredMessage) -> Entry?
    private var entries: [Entry] = []
    private var places: [MessagePlace] = []
    private var byteCount = 0
    private var isFull = false

    /// - Parameter open: what a stored message becomes; one that it gives `nil` for is left out.
    public init(_ limit: PageLimit, open: @escaping (StoredMessage) -> Entry?) {
        self.limit = limit
        self.open = open
    }

    /// Takes the next message; `false`, and the page has ended before it, where there is no room.
    public mutating func add(_ message: StoredMessage) -> Bool {
        guard !isFull, places.count < limit.messages else {
            isFull = true
            return false
        }
        if let entry = open(message) {
            guard entries.isEmpty || entry.byteCount <= limit.bytes - byteCount else {
                isFull = true
                return false
            }
            byteCount += entry.byteCount
            entries.append(entry)
        }
        places.append(message.place)
        return true
    }

    /// The page, where messages were added from the oldest on.
    public var page: HistoryPage<Entry> { HistoryPage(entries: entries, hasMore: isFull, places: places) }

    /// The page, where messages were added from the newest on.
    public var reversedPage: HistoryPage<Entry> {
        HistoryPage(entries: entries.reversed(), hasMore: isFull, places: places.reversed())
    }
}
