public import Accounts

// What people have seen of a room.

extension Chat {
    /// Notes that a member has read messages.
    public func markRead(
        _ messages: [MessageSpelling], by member: Membership
    ) async throws(ChatError) -> ReadChange {
        try authorize(.read, as: member)
        return try await markRead(messages, Author(member), member.account, in: member.room)
    }

    /// The same for a caller who is not connected.
    public func markRead(
        _ messages: [MessageSpelling], in id: String, by caller: Caller
    ) async throws(ChatError) -> ReadChange {
        let (room, author, _) = try await author(.read, in: id, caller)
        return try await markRead(messages, author, caller.person.account?.key, in: room)
    }

    /// Sets how far a member has read.
    public func setRead(_ place: ReadPlace, by member: Membership) async throws(ChatError) -> ReadChange {
        try authorize(.read, as: member)
        return try await setRead(place, Author(member), member.account, in: member.room)
    }

    /// The same for a caller who is not connected.
    public func setRead(
        _ place: ReadPlace, in id: String, by caller: Caller
    ) async throws(ChatError) -> ReadChange {
        let (room, author, _) = try await author(.read, in: id, caller)
        return try await setRead(place, author, caller.person.account?.key, in: room)
    }

    private func markRead(
        _ messages: [MessageSpelling], _ author: Author, _ account: AccountKey?, in room: Room
    ) async throws(ChatError) -> ReadChange {
        guard (1...limits.readAtOnce).contains(messages.count) else {
            throw .invalid(.tooManyReferences(most: limits.readAtOnce))
        }
        var references: [MessageReference] = []
        for message in messages { references.append(try message.reference) }
        let places = try await places(of: references, in: room)
        var found: [(sequence: Int64, spelling: MessageSpelling)] = []
        for (place, spelling) in zip(places, messages) {
            guard let place, !found.contains(where: { $0.sequence == place.sequence }) else { continue }
            found.append((place.sequence, spelling))
        }
        return try await mark(.messages(found), author, account, in: room)
    }

    private func setRead(
        _ place: ReadPlace, _ author: Author, _ account: AccountKey?, in room: Room
    ) async throws(ChatError) -> ReadChange {
        let sequence: Int64
        switch place.last {
        case .sequence(let number):
            guard number >= 0 else { throw .invalid(.sequence) }
            sequence = number
        case .message(let reference):
            guard let found = try await places(of: [reference], in: room)[0] else { throw .messageNotFound }
            sequence = found.sequence
        }
        return try await mark(place.isUnread ? .unreadFrom(sequence) : .upTo(sequence), author, account, in: room)
    }

    private func places(
        of references: [MessageReference], in room: Room
    ) async throws(ChatError) -> [MessagePlace?] {
        do {
            return try await environment.store.places(of: references, in: room)
        } catch {
            throw failure(error, of: room)
        }
    }

    private func mark(
        _ target: ReadTarget, _ author: Author, _ account: AccountKey?, in room: Room
    ) async throws(ChatError) -> ReadChange {
        let draft = ReadDraft(
            room: room, author: author, account: account, target: target, most: limits.readersPerRoom)
        do { return try await environment.store.mark(draft) } catch { throw failure(error, of: room) }
    }

    // MARK: Asking

    /// How far people have read a room, those who did last first, without those who do not want it told.
    public func readMarks(in id: String, for caller: Caller) async throws(ChatError) -> [ReadMark] {
        let room = try await authorize(.read, in: id, for: caller).room
        do {
            return try await environment.store.readMarks(in: room, limit: limits.listedNames)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// What an account has not seen of the rooms that it belongs to, by their ids.
    ///
    /// - Parameter room: only those behind this one.
    public func unread(
        of account: Account, after room: String? = nil
    ) async throws(ChatError) -> (rooms: [UnreadRoom], hasMore: Bool) {
        let start = try room.map { (text) throws(ChatError) in try RoomID(text, limits: limits) }
        do {
            let rooms = try await environment.store.unread(
                of: account.key, person: PersonID(account.id), after: start, limit: limits.unreadRooms + 1,
                most: limits.unreadMost)
            return (Array(rooms.prefix(limits.unreadRooms)), rooms.count > limits.unreadRooms)
        } catch {
            throw ChatError(error)
        }
    }

    /// Messages that name an account, in rooms that it may read, the newest first.
    public func mentions(
        of account: Account, before end: MessageID? = nil, limit: Int? = nil, proof: Proof
    ) async throws(ChatError) -> MentionPage {
        let most = limit ?? limits.mentionsMost
        guard (1...limits.mentionsMost).contains(most) else { throw .invalid(.historyLimit(most: limits.mentionsMost)) }
        let found: [StoredMention]
        do {
            found = try await environment.store.mentions(
                of: account.key, before: end, limit: most, listedReactors: limits.listedReactors)
        } catch {
            throw ChatError(error)
        }
        let caller = Caller(.account(account), proof: proof)
        var rooms: [RoomID: Room?] = [:]
        var entries: [(room: Room, message: Message)] = []
        for mention in found {
            let room = try await readable(mention.room, for: caller, known: &rooms)
            guard let room, let message = opener(of: room)(mention.message) else { continue }
            entries.append((room, message))
        }
        return MentionPage(entries: entries, next: found.count == most ? found.last?.message.place.id : nil)
    }

    /// The room, where the caller may read it; asked once for each.
    func readable(
        _ id: RoomID, for caller: Caller, known: inout [RoomID: Room?]
    ) async throws(ChatError) -> Room? {
        if let room = known[id] { return room }
        var room: Room?
        do {
            room = try await authorize(.read, in: id.text, for: caller).room
        } catch {
            guard case .accessDenied = error else { throw error }
        }
        known[id] = .some(room)
        return room
    }

    /// Whether others are told what the account has read.
    public func receipts(of account: Account) async throws(ChatError) -> Bool {
        do { return try await environment.store.receipts(of: account.key) } catch { throw ChatError(error) }
    }

    /// Says whether others are told what the account reads.
    public func setReceipts(_ areTold: Bool, of account: Account) async throws(ChatError) {
        do { try await environment.store.setReceipts(areTold, of: account.key) } catch { throw ChatError(error) }
    }
}

/// A place in a room that somebody says to have come to.
public struct ReadPlace: Sendable {
    public enum Name: Sendable {
        case sequence(Int64)
        case message(MessageReference)
    }

    /// The last message that was read; or the first that is to be unread.
    public var last: Name
    /// Whether it and those behind it are to be unread.
    public var isUnread: Bool

    public init(_ last: Name, isUnread: Bool = false) {
        self.last = last
        self.isUnread = isUnread
    }
}

extension MessageSpelling {
    /// What it names.
    public var reference: MessageReference {
        get throws(ChatError) {
            switch self {
            case .text(let text): try MessageReference(text)
            case .number(let number): try MessageReference(number)
            }
        }
    }
}
