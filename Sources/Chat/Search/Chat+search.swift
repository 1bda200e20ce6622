public import Accounts
import Bytes

/// What was found, the newest first.
public struct SearchPage: Sendable {
    public struct Hit: Sendable {
        public let room: Room
        public let message: Message
        /// What was said before it and after it, oldest first.
        public var before: [Message] = []
        public var after: [Message] = []
    }

    public var hits: [Hit]
    /// From where to go on; `nil` where all was looked at.
    public let next: MessageID?
    /// How many messages were looked at.
    public let scanned: Int
}

/// How much of what is found is wanted.
public struct SearchRequest: Sendable {
    public var text: String
    /// How many messages at most; `nil` for the default.
    public var limit: Int?
    /// Only messages before this one.
    public var before: MessageID?
    /// How many messages before and after each.
    public var context = 0

    public init(_ text: String) { self.text = text }
}

extension Chat {
    /// Searches one room.
    public func search(
        _ request: SearchRequest, in id: String, for caller: Caller
    ) async throws(ChatError) -> SearchPage {
        let query = try SearchQuery(request.text, limits: limits)
        let room = try await authorize(.read, in: id, for: caller).room
        // Another room is not searched from here.
        let rooms = try query.isAbout(room, limits) ? [room] : []
        return try await search(query, request, rooms, as: searcher(caller, in: room))
    }

    /// Searches the room of a member.
    public func search(_ request: SearchRequest, for member: Membership) async throws(ChatError) -> SearchPage {
        let query = try SearchQuery(request.text, limits: limits)
        try authorize(.read, as: member)
        let rooms = try query.isAbout(member.room, limits) ? [member.room] : []
        return try await search(query, request, rooms, as: .person(member.person))
    }

    /// Searches all rooms that an account belongs to and may read, or the one that the text names.
    public func search(
        _ request: SearchRequest, for account: Account, proof: Proof
    ) async throws(ChatError) -> SearchPage {
        let query = try SearchQuery(request.text, limits: limits)
        let caller = Caller(.account(account), proof: proof)
        let searcher = SearchDesk.Searcher.person(PersonID(account.id))
        if let id = query.room {
            let room = try await authorize(.read, in: id, for: caller).room
            return try await search(query, request, [room], as: searcher)
        }
        let ids: [RoomID]
        do {
            ids = try await environment.store.rooms(of: account.key, after: nil, limit: limits.searchRooms).map(\.id)
        } catch {
            throw ChatError(error)
        }
        var known: [RoomID: Room?] = [:]
        var rooms: [Room] = []
        for id in ids {
            if let room = try await readable(id, for: caller, known: &known) { rooms.append(room) }
        }
        return try await search(query, request, rooms, as: searcher)
    }

    private func searcher(_ caller: Caller, in room: Room) -> SearchDesk.Searcher {
        switch caller.person {
        case .account(let account): return .person(PersonID(account.id))
        case .guest(let name, let token):
            let user = try? UserID(name, limits: limits)
            let person = user.flatMap { tokens.person(ofGuestToken: token, for: $0, in: room) }
            if let person { return .person(person) }
        case .anonymous: break
        }
        return caller.proof.address.map { .subscriber($0.subscriber) } ?? .unknown
    }

    private func search(
        _ query: SearchQuery, _ request: SearchRequest, _ rooms: [Room], as searcher: SearchDesk.Searcher
    ) async throws(ChatError) -> SearchPage {
        let count = request.limit ?? limits.searchDefault
        guard (1...limits.searchMost).contains(count) else { throw .invalid(.searchLimit(most: limits.searchMost)) }
        let ticket = try searches.begin(searcher)
        defer { searches.end(searcher, ticket) }
        var bounds = query.bounds
        bounds.end = request.before
        let spans: [SearchSpan]
        do { spans = try await environment.store.spans(of: rooms, bounds) } catch { throw ChatError(error) }
        var run = SearchRun(query, Array(zip(rooms, spans)), environment.store, limits, ticket)
        try await run.run(until: count)
        // Beyond the frontier something newer may be found yet than what was found there.
        let found = run.hits.filter { hit in run.frontier.map { hit.message.place.id > $0 } ?? true }
        let hits = found.prefix(count)
        let next =
            found.count > count
            ? hits.last?.message.place.id : run.frontier.map { MessageID(rawValue: $0.rawValue + 1) }
        var page = SearchPage(hits: [], next: next, scanned: run.scanned)
        for hit in hits {
            guard let message = opener(of: hit.room)(hit.message) else { continue }
            page.hits.append(try await withContext(SearchPage.Hit(room: hit.room, message: message), request.context))
        }
        return page
    }

    private func withContext(_ hit: SearchPage.Hit, _ count: Int) async throws(ChatError) -> SearchPage.Hit {
        let count = min(count, limits.searchContext)
        guard count > 0 else { return hit }
        var hit = hit
        let open = opener(of: hit.room)
        do {
            let context = try await environment.store.context(of: hit.message.place, in: hit.room, count: count)
            hit.before = context.before.compactMap(open)
            hit.after = context.after.compactMap(open)
        } catch {
            throw failure(error, of: hit.room)
        }
        return hit
    }
}

extension SearchQuery {
    fileprivate func isAbout(_ other: Room, _ limits: ChatLimits) throws(ChatError) -> Bool {
        guard let room else { return true }
        return try RoomID(room, limits: limits) == other.id
    }
}
