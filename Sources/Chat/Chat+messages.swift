import Bytes
import Cryptography

extension Chat {
    /// Appends a message; when this returns it is durable, and the observer has been told.
    ///
    /// - Parameter clientID: what the sender calls the message. One that the author has used in the room before appends
    ///   nothing and gives the message of then.
    public func post(
        _ text: String, clientID: String? = nil, by member: Membership
    ) async throws(ChatError) -> Message {
        try authorize(.post, as: member)
        return try await append(
            text, clientID: clientID, author: member.user, to: member.room, origin: member.connection)
    }

    /// Appends a message from a caller who is not connected.
    public func post(
        _ text: String, clientID: String? = nil, in id: String, by caller: Caller
    ) async throws(ChatError) -> Message {
        let (room, user) = try await author(.post, in: id, caller)
        return try await append(text, clientID: clientID, author: user, to: room, origin: nil)
    }

    /// A page of the history, oldest first.
    public func history(_ query: HistoryQuery, for member: Membership) async throws(ChatError) -> [Message] {
        try authorize(.read, as: member)
        return try await history(query, of: member.room)
    }

    /// A page of the history, oldest first, for a caller who is not connected.
    public func history(
        _ query: HistoryQuery, in id: String, with proof: Proof
    ) async throws(ChatError) -> [Message] {
        try await history(query, of: try await authorize(.read, in: id, with: proof))
    }

    /// Gives a reaction, or takes it back; gives all the reactions that the message then has.
    ///
    /// - Parameter spelling: how the caller named the message, repeated in the update.
    public func react(
        _ reaction: String, to message: MessageReference, spelling: MessageSpelling? = nil, by member: Membership
    ) async throws(ChatError) -> ReactionUpdate {
        try authorize(.react, as: member)
        return try await toggle(reaction, to: message, spelling, user: member.user, in: member.room)
    }

    /// Gives a reaction, or takes it back, for a caller who is not connected.
    public func react(
        _ reaction: String, to message: MessageReference, spelling: MessageSpelling? = nil, in id: String,
        by caller: Caller
    ) async throws(ChatError) -> ReactionUpdate {
        let (room, user) = try await author(.react, in: id, caller)
        return try await toggle(reaction, to: message, spelling, user: user, in: room)
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
    private func author(
        _ action: RoomAction, in id: String, _ caller: Caller
    ) async throws(ChatError) -> (Room, UserID) {
        let user = try UserID(caller.user, limits: limits)
        let room = try await authorize(action, in: id, with: caller.proof)
        let claim = tokens.claim(ofGuestToken: caller.guestToken, for: user, in: room)
        let admission = room.state.withLock { $0.presence.admission(of: user, claim: claim, connection: nil) }
        guard case .admitted = admission else { throw .nameTaken }
        return (room, user)
    }

    private func append(
        _ text: String, clientID: String?, author: UserID, to room: Room, origin: String?
    ) async throws(ChatError) -> Message {
        try check(text: text)
        try check(clientID: clientID)
        let token: [UInt8]
        do { token = try room.fernet.encrypt(text) } catch { throw .internalFailure }
        let draft = MessageDraft(
            room: room, author: author, token: token, clientID: clientID, text: text, origin: origin)
        do {
            let place = try await environment.store.append(draft)
            return Message(draft, at: place)
        } catch {
            throw failure(error, of: room)
        }
    }

    private func toggle(
        _ reaction: String, to message: MessageReference, _ spelling: MessageSpelling?, user: UserID, in room: Room
    ) async throws(ChatError) -> ReactionUpdate {
        let text = try check(reaction: reaction)
        let draft = ReactionDraft(
            room: room, message: message, user: user, text: text, mostKinds: limits.reactionsPerMessage,
            mostUsers: limits.membersPerReaction, spelling: spelling)
        do { return try await environment.store.toggle(draft) } catch { throw failure(error, of: room) }
    }

    private func history(_ query: HistoryQuery, of room: Room) async throws(ChatError) -> [Message] {
        let limit = min(query.limit ?? limits.historyDefault, limits.historyMost)
        guard limit >= 1 else { throw .invalid(.historyLimit(most: limits.historyMost)) }
        do {
            return try await environment.store.history(of: room, query, limit: limit, open: opener(of: room))
        } catch {
            throw failure(error, of: room)
        }
    }

    private func failure(_ error: StoreError, of room: Room) -> ChatError {
        if error == .roomMissing { directory.remove(room) }
        return ChatError(error)
    }
}

extension Message {
    /// The message that a draft became.
    public init(_ draft: MessageDraft, at place: MessagePlace) {
        self.init(
            id: place.id, sequence: place.sequence, timestamp: place.timestamp, author: draft.author, text: draft.text,
            clientID: draft.clientID)
    }
}
