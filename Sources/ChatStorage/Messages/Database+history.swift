import Chat
import SQLite

extension Database {
    /// A page of the history, oldest first.
    func page<Entry: PageEntry>(
        _ query: HistoryQuery, of room: RoomKey, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws -> HistoryPage<Entry> {
        var part = HistoryPart(room: room, sequences: 0..<Int64.max, includesDeleted: query.includesDeleted)
        if let thread = query.thread {
            guard let facts = try facts(of: thread, in: room) else { throw StoreError.messageMissing }
            part.thread = facts.thread ?? facts.place.sequence
        }
        if let middle = query.around { return try page(around: middle, in: part, limit: limit, open: open) }
        var end = Int64.max
        if let before = query.before {
            end = try firstPlace(in: room) { before.names($0) || before.isBefore($0) }?.sequence ?? end
        }
        guard let after = query.after else {
            return try withEdges(newest(of: part.within(0..<end), limit: limit, open: open), of: part.within(0..<end))
        }
        guard let start = try firstPlace(in: room, where: { after.isBefore($0) })?.sequence, start < end else {
            return try withEdges(HistoryPage(entries: [], hasMore: false), of: part.within(end..<end))
        }
        let asked = part.within(start..<end)
        return try withEdges(oldest(of: asked, limit: limit, open: open), of: asked)
    }

    /// Half of the page is what comes before the message.
    private func page<Entry: PageEntry>(
        around middle: MessageReference, in part: HistoryPart, limit: PageLimit,
        open: @escaping (StoredMessage) -> Entry?
    ) throws -> HistoryPage<Entry> {
        guard let place = try place(of: middle, in: part.room) else { throw StoreError.messageMissing }
        var half = limit
        half.messages = limit.messages / 2
        half.bytes = limit.bytes / 2
        let earlier = try newest(of: part.within(0..<place.sequence), limit: half, open: open)
        half.messages = limit.messages - earlier.entries.count
        let later = try oldest(of: part.within(place.sequence..<Int64.max), limit: half, open: open)
        let page = HistoryPage(
            entries: earlier.entries + later.entries, hasMore: earlier.hasMore || later.hasMore,
            places: earlier.places + later.places)
        return try withEdges(page, of: part)
    }

    /// Notes whether anything comes before a page and behind it.
    private func withEdges<Entry: PageEntry>(
        _ page: HistoryPage<Entry>, of asked: HistoryPart
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var page = page
        let low = page.places.first?.sequence ?? asked.sequences.lowerBound
        let high = page.places.last.map { $0.sequence + 1 } ?? asked.sequences.upperBound
        page.hasEarlier = try hasAny(asked.within(0..<low))
        page.hasLater = try hasAny(asked.within(high..<Int64.max))
        return page
    }

    private func hasAny(_ part: HistoryPart) throws(SQLiteError) -> Bool {
        if part.sequences.isEmpty { return false }
        // The nearest one settles it.
        return part.sequences.lowerBound == 0
            ? try !messages(in: part, newest: 1).isEmpty : try !messages(in: part, oldest: 1).isEmpty
    }

    /// The newest messages of a part, oldest first.
    func newest<Entry: PageEntry>(
        of part: HistoryPart, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        var part = part
        while let last = try add(try messages(in: part, newest: limit.step), of: part.room, limit, to: &builder) {
            part.sequences = part.sequences.lowerBound..<last
        }
        return builder.reversedPage
    }

    /// The oldest messages of a part, oldest first.
    func oldest<Entry: PageEntry>(
        of part: HistoryPart, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) throws(SQLiteError) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        var part = part
        while let last = try add(try messages(in: part, oldest: limit.step), of: part.room, limit, to: &builder) {
            part.sequences = last + 1..<part.sequences.upperBound
        }
        return builder.page
    }

    /// Adds the messages to a page; gives the sequence of the last where more may follow.
    private func add<Entry: PageEntry>(
        _ messages: [StoredMessage], of room: RoomKey, _ limit: PageLimit, to builder: inout PageBuilder<Entry>
    ) throws(SQLiteError) -> Int64? {
        for var message in messages {
            message.reactions = try reactions(in: room, to: message.place.sequence, listed: limit.listedReactors)
            message.attachments = try attachments(of: message, in: room)
            guard builder.add(message) else { return nil }
        }
        return messages.count == limit.step ? messages.last?.place.sequence : nil
    }
}

extension HistoryPart {
    func within(_ sequences: Range<Int64>) -> HistoryPart {
        var part = self
        part.sequences = sequences
        return part
    }
}

extension PageLimit {
    /// How many messages are read at once: a page may end long before it has as many as it may.
    fileprivate var step: Int { min(32, messages + 1) }
}
