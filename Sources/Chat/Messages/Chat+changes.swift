import Accounts
import Cryptography

extension Chat {
    // MARK: Editing

    /// Puts another text in the place of one's own; what it said is kept with it.
    public func edit(
        _ message: MessageReference, to text: String, by member: Membership
    ) async throws(ChatError) -> Message {
        try authorize(.post, as: member)
        return try await edit(message, to: text, author: Author(member), in: member.room)
    }

    /// The same for a caller who is not connected.
    public func edit(
        _ message: MessageReference, to text: String, in id: String, by caller: Caller
    ) async throws(ChatError) -> Message {
        let (room, author, _) = try await author(.post, in: id, caller)
        return try await edit(message, to: text, author: author, in: room)
    }

    private func edit(
        _ message: MessageReference, to text: String, author: Author, in room: Room
    ) async throws(ChatError) -> Message {
        try check(text: text)
        let token: [UInt8]
        do { token = try room.fernet.encrypt(text) } catch { throw .internalFailure }
        let draft = EditDraft(
            room: room, message: message, author: author, token: token, text: text, mentions: mentions(in: text),
            longest: limits.editTime, most: limits.editsPerMessage, listedReactors: limits.listedReactors)
        do { return try await environment.store.edit(draft) } catch { throw failure(error, of: room) }
    }

    /// What a message said before its edits, the oldest first.
    public func versions(
        of message: MessageReference, in id: String, for caller: Caller
    ) async throws(ChatError) -> [MessageVersion] {
        let room = try await authorize(.read, in: id, for: caller).room
        do {
            return try await environment.store.versions(of: message, in: room).compactMap { stored in
                room.text(of: stored.token).map { MessageVersion(until: stored.until, text: $0) }
            }
        } catch {
            throw failure(error, of: room)
        }
    }

    // MARK: Removing

    /// Removes one's own message, or as a moderator anybody's. Its place stays, and nothing else of it.
    public func remove(_ message: MessageReference, by member: Membership) async throws(ChatError) -> Removal {
        let isModerator = try mayModerate { () throws(ChatError) in try authorize(.moderate, as: member) }
        if !isModerator { try authorize(.post, as: member) }
        let deed = isModerator ? try deed("message.removed", by: member, details(message)) : nil
        return try await remove(message, author: Author(member), isModerator, in: member.room, noting: deed)
    }

    /// The same for a caller who is not connected.
    public func remove(
        _ message: MessageReference, in id: String, reason: String = "", by caller: Caller
    ) async throws(ChatError) -> Removal {
        let reason = try check(reason: reason)
        let (room, author, isModerator) = try await authorOrModerator(in: id, caller)
        let deed =
            isModerator
            ? try deed("message.removed", in: room, by: caller, details(message), reason: reason) : nil
        return try await remove(message, author: author, isModerator, in: room, noting: deed)
    }

    private func remove(
        _ message: MessageReference, author: Author, _ isModerator: Bool, in room: Room, noting deed: Deed?
    ) async throws(ChatError) -> Removal {
        let draft = RemovalDraft(
            room: room, message: message, author: author, isModerator: isModerator, deed: deed)
        do { return try await environment.store.remove(draft) } catch { throw failure(error, of: room) }
    }

    private func authorOrModerator(in id: String, _ caller: Caller) async throws(ChatError) -> (Room, Author, Bool) {
        do {
            let (room, author, _) = try await author(.moderate, in: id, caller)
            return (room, author, true)
        } catch {
            guard error.isShortOfModerating else { throw error }
            let (room, author, _) = try await author(.post, in: id, caller)
            return (room, author, false)
        }
    }

    private func mayModerate(_ decide: () throws(ChatError) -> AccessLevel) throws(ChatError) -> Bool {
        do {
            _ = try decide()
            return true
        } catch {
            guard error.isShortOfModerating else { throw error }
            return false
        }
    }

    // MARK: Pins

    /// Pins a message, or takes the pin away, as a moderator.
    @discardableResult
    public func pin(
        _ message: MessageReference, _ isPinned: Bool = true, by member: Membership
    ) async throws(ChatError) -> PinChange {
        try authorize(.moderate, as: member)
        return try await pin(message, isPinned, user: member.user, in: member.room)
    }

    /// The same for a caller who is not connected.
    @discardableResult
    public func pin(
        _ message: MessageReference, _ isPinned: Bool = true, in id: String, by caller: Caller
    ) async throws(ChatError) -> PinChange {
        let (room, author, _) = try await author(.moderate, in: id, caller)
        return try await pin(message, isPinned, user: author.user, in: room)
    }

    private func pin(
        _ message: MessageReference, _ isPinned: Bool, user: UserID, in room: Room
    ) async throws(ChatError) -> PinChange {
        let draft = PinDraft(
            room: room, message: message, user: user, isPinned: isPinned, most: limits.pinsPerRoom)
        do { return try await environment.store.pin(draft) } catch { throw failure(error, of: room) }
    }

    /// The pinned messages of a room, the one that was pinned last first.
    public func pins(in id: String, for caller: Caller) async throws(ChatError) -> (room: Room, pins: [PinnedMessage]) {
        let room = try await authorize(.read, in: id, for: caller).room
        let open = opener(of: room)
        do {
            let pins = try await environment.store.pins(of: room, listedReactors: limits.listedReactors)
            return (
                room,
                pins.compactMap { pin in
                    open(pin.message).map { PinnedMessage(message: $0, user: pin.user, pinned: pin.pinned) }
                }
            )
        } catch {
            throw failure(error, of: room)
        }
    }

    // MARK: One message

    /// One message, as it is now.
    public func message(
        _ reference: MessageReference, in id: String, for caller: Caller
    ) async throws(ChatError) -> (room: Room, message: Message) {
        let room = try await authorize(.read, in: id, for: caller).room
        let stored: StoredMessage
        do {
            stored = try await environment.store.message(
                reference, of: room, listedReactors: limits.listedReactors)
        } catch {
            throw failure(error, of: room)
        }
        guard let message = opener(of: room)(stored) else { throw .messageNotFound }
        return (room, message)
    }
}

extension ChatError {
    /// Whether somebody may be in the room and is no moderator.
    fileprivate var isShortOfModerating: Bool {
        self == .accessDenied(.moderatorNeeded) || self == .accessDenied(.belongsToServer)
    }
}
