import Bytes
import Cryptography

extension Chat {
    /// Appends a message; when this returns it is durable, and the observer has been told.
    ///
    /// - Parameters:
    ///   - files: the author's own files that wait in the room, by their ids; with some the text may be empty.
    ///   - clientID: what the sender calls the message. One that the author has used in the room before appends
    ///     nothing and gives the message of then.
    public func post(
        _ text: String, files: [String] = [], clientID: String? = nil, links: MessageLinks = MessageLinks(),
        by member: Membership
    ) async throws(ChatError) -> Message {
        let level = try authorize(.post, as: member)
        let request = try request(text, files, clientID, links)
        try takeTurn(
            member.user, account: member.account, from: member.address, clientID: clientID, in: member.room, as: level)
        return try await append(request, author: Author(member), to: member.room, origin: member.connection)
    }

    /// Appends a message from a caller who is not connected.
    public func post(
        _ text: String, files: [String] = [], clientID: String? = nil, links: MessageLinks = MessageLinks(),
        in id: String, by caller: Caller
    ) async throws(ChatError) -> Message {
        let (room, author, level) = try await author(.post, in: id, caller)
        let request = try request(text, files, clientID, links)
        try takeTurn(author.user, by: caller, clientID: clientID, in: room, as: level)
        return try await append(request, author: author, to: room, origin: nil)
    }

    private func request(
        _ text: String, _ files: [String], _ clientID: String?, _ links: MessageLinks
    ) throws(ChatError) -> PostRequest {
        var request = PostRequest(text: text, clientID: clientID, links: links)
        request.uploads = try pendingFiles(named: files)
        try check(request)
        return request
    }

    /// A page of the history, oldest first.
    public func history(_ query: HistoryQuery, for member: Membership) async throws(ChatError) -> [Message] {
        try authorize(.read, as: member)
        return try await history(query, of: member.room) { $0 }.entries
    }

    /// A page of the history, oldest first, for a caller who is not connected.
    public func history(
        _ query: HistoryQuery, in id: String, for caller: Caller
    ) async throws(ChatError) -> [Message] {
        try await history(query, in: id, for: caller) { (message, _) in message }.entries
    }

    /// A page of the history in the form that its reader wants, oldest first, for a caller who is not connected.
    ///
    /// - Parameter form: runs off the event loops.
    public func history<Entry: PageEntry>(
        _ query: HistoryQuery, in id: String, for caller: Caller,
        form: @escaping @Sendable (Message, Room) -> Entry
    ) async throws(ChatError) -> HistoryPage<Entry> {
        let room = try await authorize(.read, in: id, for: caller).room
        return try await history(query, of: room) { form($0, room) }
    }

    /// Gives a reaction, or takes it back; gives all the reactions that the message then has.
    ///
    /// - Parameters:
    ///   - operation: where it is not told, a reaction that was given is taken back.
    ///   - spelling: how the caller named the message, repeated in the update.
    public func react(
        _ reaction: String, to message: MessageReference, _ operation: ReactionOperation = .toggle,
        spelling: MessageSpelling? = nil, by member: Membership
    ) async throws(ChatError) -> ReactionUpdate {
        try authorize(.react, as: member)
        return try await react(reaction, to: message, operation, spelling, user: member.user, in: member.room)
    }

    /// Gives a reaction, or takes it back, for a caller who is not connected.
    public func react(
        _ reaction: String, to message: MessageReference, _ operation: ReactionOperation = .toggle,
        spelling: MessageSpelling? = nil, in id: String, by caller: Caller
    ) async throws(ChatError) -> ReactionUpdate {
        let (room, author, _) = try await author(.react, in: id, caller)
        return try await react(reaction, to: message, operation, spelling, user: author.user, in: room)
    }

    /// What opens a room's stored messages, and reports those that are not authentic.
    func opener(of room: Room) -> @Sendable (StoredMessage) -> Message? {
        let damaged = environment.damaged
        return { stored in
            if let message = room.open(stored) { return message }
            damaged(room.id, stored.place.id)
            return nil
        }
    }

    /// The room and the name, for a caller who may act under it: a name that is online needs its guest token.
    func author(
        _ action: RoomAction, in id: String, _ caller: Caller
    ) async throws(ChatError) -> (Room, Author, AccessLevel) {
        _ = try caller.person.name(limits)
        let grant = try await authorize(action, in: id, for: caller)
        let (room, name) = (grant.room, try await name(of: caller, as: grant))
        let admission = room.state.withLock {
            $0.presence.admission(of: name.user, claim: name.shown, connection: nil)
        }
        if case .admitted = admission {} else if name.account == nil { throw .nameTaken }
        return (room, Author(user: name.user, person: name.person), grant.level)
    }

    func append(
        _ request: PostRequest, author: Author, to room: Room, origin: String?
    ) async throws(ChatError) -> Message {
        let text = request.text
        try check(request)
        try check(clientID: request.clientID)
        let token: [UInt8]
        do { token = try room.fernet.encrypt(text) } catch { throw .internalFailure }
        var draft = MessageDraft(
            room: room, author: author, token: token, clientID: request.clientID, text: text, origin: origin)
        draft.links = request.links
        draft.mentions = mentions(in: text)
        draft.uploads = request.uploads
        if let file = request.file {
            draft.attachments = [try attachment(of: file, in: room)]
            draft.fileSpace = limits.fileSpace
        }
        do { return try await environment.store.append(draft) } catch { throw failure(error, of: room) }
    }

    private func react(
        _ reaction: String, to message: MessageReference, _ operation: ReactionOperation,
        _ spelling: MessageSpelling?, user: UserID, in room: Room
    ) async throws(ChatError) -> ReactionUpdate {
        let text = try check(reaction: reaction)
        var draft = ReactionDraft(
            room: room, message: message, user: user, text: text, mostKinds: limits.reactionsPerMessage,
            mostUsers: limits.membersPerReaction, mostListed: limits.listedReactors, spelling: spelling)
        draft.operation = operation
        do { return try await environment.store.toggle(draft) } catch { throw failure(error, of: room) }
    }

    private func history<Entry: PageEntry>(
        _ query: HistoryQuery, of room: Room, form: @escaping @Sendable (Message) -> Entry
    ) async throws(ChatError) -> HistoryPage<Entry> {
        let limit = min(query.limit ?? limits.historyDefault, limits.historyMost)
        guard limit >= 1 else { throw .invalid(.historyLimit(most: limits.historyMost)) }
        let (page, open) = (pageLimit(messages: limit, bytes: limits.historyBytes), opener(of: room))
        do {
            return try await environment.store.history(of: room, query, limit: page) { open($0).map(form) }
        } catch {
            throw failure(error, of: room)
        }
    }

    func pageLimit(messages: Int, bytes: Int) -> PageLimit {
        PageLimit(messages: messages, bytes: bytes, listedReactors: limits.listedReactors)
    }

    func failure(_ error: StoreError, of room: Room) -> ChatError {
        if error == .roomMissing { directory.remove(room) }
        return ChatError(error)
    }
}

extension Message {
    /// The message that a draft became.
    public init(_ draft: MessageDraft, at place: MessagePlace, marks: MessageMarks = MessageMarks()) {
        self.init(
            id: place.id, sequence: place.sequence, timestamp: place.timestamp, author: draft.author.user,
            person: draft.author.person, text: draft.text, clientID: draft.clientID, marks: marks)
        self.marks.files = Int64(draft.attachments.count)
        attachments = draft.attachments.map {
            Attachment(
                $0.facts, name: $0.name, uploader: draft.author.user, person: draft.author.person,
                created: place.timestamp, message: place.id, content: $0.content)
        }
    }
}
