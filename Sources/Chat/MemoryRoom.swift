import Bytes

/// One room of the memory store, for tests and throw-away servers.
struct MemoryRoom {
    let key: RoomKey
    let id: RoomID
    var passwordHash: String?
    private let wrappedKey: [UInt8]
    private var verified: [IPAddress: Int64] = [:]
    /// In the order of the room, and so of id, sequence and timestamp.
    private var messages: [StoredMessage] = []
    private var last = MessagePlace(id: MessageID(rawValue: 0), sequence: 0, timestamp: 0)
    private var clientIDs: [ClientID: MessagePlace] = [:]

    private struct ClientID: Hashable {
        let author: UserID
        let text: String
    }

    init(_ room: NewRoom, key: RoomKey) {
        self.key = key
        id = room.id
        passwordHash = room.passwordHash
        wrappedKey = room.wrappedKey
    }

    var record: RoomRecord {
        RoomRecord(
            key: key, id: id, passwordHash: passwordHash, wrappedKey: wrappedKey, lastSequence: last.sequence,
            verified: verified)
    }

    mutating func verify(_ address: IPAddress, until expires: Int64, most: Int) {
        verified[address] = expires
        guard verified.count > most, let first = verified.min(by: { $0.value < $1.value }) else { return }
        verified[first.key] = nil
    }

    /// The place of a message that was posted before under the draft's client id.
    func place(of draft: MessageDraft) -> MessagePlace? {
        draft.clientID.flatMap { clientIDs[ClientID(author: draft.author, text: $0)] }
    }

    mutating func append(_ draft: MessageDraft, id: MessageID, now: Int64, keeping limit: Int) -> MessagePlace {
        last = MessagePlace(id: id, sequence: last.sequence + 1, timestamp: max(now, last.timestamp + 1))
        messages.append(
            StoredMessage(place: last, author: draft.author, token: draft.token, clientID: draft.clientID))
        if let clientID = draft.clientID { clientIDs[ClientID(author: draft.author, text: clientID)] = last }
        while messages.count > limit {
            let dropped = messages.removeFirst()
            if let clientID = dropped.clientID { clientIDs[ClientID(author: dropped.author, text: clientID)] = nil }
        }
        return last
    }

    mutating func toggle(_ draft: ReactionDraft) throws(StoreError) -> ReactionUpdate {
        let index = index(of: draft.message)
        guard index < messages.count, draft.message.names(messages[index].place) else { throw .messageMissing }
        messages[index].reactions = try messages[index].reactions.toggling(draft)
        return ReactionUpdate(
            place: messages[index].place, reactions: messages[index].reactions.map { $0.listing(draft.mostListed) },
            spelling: draft.spelling)
    }

    mutating func clear() {
        messages = []
        clientIDs = [:]
    }

    func messages(after sequence: Int64) -> ArraySlice<StoredMessage> {
        messages[firstIndex { $0.sequence > sequence }...]
    }

    func messages(of query: HistoryQuery) -> ArraySlice<StoredMessage> {
        let end = query.before.map { index(of: $0) } ?? messages.count
        let start = query.after.map { after in firstIndex { after.isBefore($0) } } ?? 0
        return start < end ? messages[start..<end] : []
    }

    func newest<Entry: PageEntry>(
        of messages: ArraySlice<StoredMessage>, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        for message in messages.reversed() where !builder.add(message.listing(limit.listedReactors)) { break }
        return builder.reversedPage
    }

    func oldest<Entry: PageEntry>(
        of messages: ArraySlice<StoredMessage>, limit: PageLimit, open: @escaping (StoredMessage) -> Entry?
    ) -> HistoryPage<Entry> {
        var builder = PageBuilder(limit, open: open)
        for message in messages where !builder.add(message.listing(limit.listedReactors)) { break }
        return builder.page
    }

    /// The index of the message that is named, or of the first after where it would be.
    private func index(of reference: MessageReference) -> Int {
        firstIndex { reference.names($0) || reference.isBefore($0) }
    }

    /// The first index whose place satisfies `condition`, which holds for all after it.
    private func firstIndex(where condition: (MessagePlace) -> Bool) -> Int {
        var low = 0
        var high = messages.count
        while low < high {
            let middle = (low + high) / 2
            if condition(messages[middle].place) { high = middle } else { low = middle + 1 }
        }
        return low
    }
}

extension StoredMessage {
    /// The same with no more names to each reaction than so many.
    fileprivate func listing(_ most: Int) -> StoredMessage {
        var message = self
        message.reactions = reactions.map { $0.listing(most) }
        return message
    }
}

extension MessageReference {
    /// Whether this names the message at `place`.
    public func names(_ place: MessagePlace) -> Bool {
        switch self {
        case .id(let id): place.id == id
        case .timestamp(let timestamp): place.timestamp == timestamp
        }
    }

    /// Whether what this names comes before `place`.
    public func isBefore(_ place: MessagePlace) -> Bool {
        switch self {
        case .id(let id): id < place.id
        case .timestamp(let timestamp): timestamp < place.timestamp
        }
    }
}

extension [Reaction] {
    /// These reactions, all of whose names are listed, after one more was given or taken back.
    func toggling(_ draft: ReactionDraft) throws(StoreError) -> [Reaction] {
        var reactions = self
        guard let index = reactions.firstIndex(where: { $0.text == draft.text }) else {
            guard count < draft.mostKinds else { throw .tooManyReactions }
            return reactions + [Reaction(text: draft.text, users: [draft.user])]
        }
        if let place = reactions[index].users.firstIndex(of: draft.user) {
            reactions[index].users.remove(at: place)
            reactions[index].count -= 1
            if reactions[index].users.isEmpty { reactions.remove(at: index) }
        } else {
            guard reactions[index].users.count < draft.mostUsers else { throw .tooManyReactions }
            reactions[index].users.append(draft.user)
            reactions[index].count += 1
        }
        return reactions
    }
}
