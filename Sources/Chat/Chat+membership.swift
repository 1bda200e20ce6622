import Bytes
import Cryptography
import EventLoops

extension Chat {
    /// Brings a connection into a room under a name.
    ///
    /// A name that is online belongs to those who show its guest token; a name that nobody uses belongs to whoever comes
    /// first. A connection that is in the room under that name already stays what it is.
    public func join(_ request: JoinRequest) async throws(ChatError) -> JoinResult {
        _ = try request.person.name(limits)
        let room = try await authorize(.join, in: request.room, with: request.proof)
        let name = try await name(of: request.person, in: room)
        let place = try room.enter(
            name.user, connection: request.connection, shown: name.shown, fresh: name.fresh, limits: limits)
        do {
            return try await result(of: place, name: name, after: request.after)
        } catch {
            _ = leave(place.membership)
            throw error
        }
    }

    /// Takes a connection out of its room; `nil` if it was out already.
    public func leave(_ member: Membership) -> Departure? {
        member.end()
        let limits = limits
        return member.room.state.withLock { state in
            let wasTyping = state.presence.isTyping(member.user)
            guard let isGone = state.presence.remove(member) else { return nil }
            let typing = wasTyping && isGone ? state.presence.typing(limit: limits.listedNames) : nil
            return Departure(isGone: isGone, online: state.presence.online(limits), typing: typing)
        }
    }

    /// Notes that a member is typing or no longer; gives who is, or `nil` where that changed nothing.
    public func setTyping(_ isTyping: Bool, by member: Membership) throws(ChatError) -> [UserID]? {
        try authorize(.post, as: member)
        let limits = limits
        return member.room.state.withLock { state in
            guard state.presence.setTyping(isTyping, member.user) else { return nil }
            return state.presence.typing(limit: limits.listedNames)
        }
    }

    /// Who is in the room now.
    public func online(in room: Room) -> OnlineList {
        let limits = limits
        return room.state.withLock { $0.presence.online(limits) }
    }

    /// Who is typing in the room now, as many as a list may have.
    public func typing(in room: Room) -> [UserID] {
        let most = limits.listedNames
        return room.state.withLock { $0.presence.typing(limit: most) }
    }

    private func result(of place: Entry, name: Name, after: Int64?) async throws(ChatError) -> JoinResult {
        var token: String?
        if name.isGuest {
            token = try tokens.guestToken(for: name.user, claim: place.claim, in: place.membership.room)
        }
        // The last thing that is awaited: see `ChatStore.missed`.
        let missed = try await missed(in: place.membership.room, after: after)
        return JoinResult(
            membership: place.membership, guestToken: token, isNew: place.isNew, online: place.online, missed: missed,
            lastSequence: place.lastSequence)
    }

    private func missed(in room: Room, after: Int64?) async throws(ChatError) -> [Message] {
        guard let after else { return [] }
        let limit = pageLimit(messages: limits.missedMost, bytes: limits.missedBytes)
        do {
            return try await environment.store.missed(
                of: room, after: after, limit: limit, open: opener(of: room))
        } catch {
            throw ChatError(error)
        }
    }
}

/// A connection's place in a room, and what the room was like when it came.
struct Entry {
    let membership: Membership
    let claim: String
    let isNew: Bool
    let online: OnlineList
    let lastSequence: Int64
}

extension Room {
    /// - Parameters:
    ///   - shown: the claim to the name that the caller's guest token proves.
    ///   - fresh: the claim for a name that is free.
    func enter(
        _ user: UserID, connection: String, shown: String?, fresh: String, limits: ChatLimits
    ) throws(ChatError) -> Entry {
        try state.withLock { state throws(ChatError) in
            let admission = state.presence.admission(of: user, claim: shown, connection: connection)
            switch admission {
            case .taken: throw .nameTaken
            case .present(let member, let claim):
                return Entry(
                    membership: member, claim: claim, isNew: false, online: state.presence.online(limits),
                    lastSequence: state.lastSequence)
            case .admitted: break
            }
            guard state.presence.connectionCount < limits.connectionsPerRoom else { throw .roomFull }
            let member = Membership(room: self, user: user, connection: connection)
            let claim = shown ?? fresh
            let isNew = state.presence.insert(member, claim: claim)
            return Entry(
                membership: member, claim: claim, isNew: isNew, online: state.presence.online(limits),
                lastSequence: state.lastSequence)
        }
    }
}

extension Presence {
    func online(_ limits: ChatLimits) -> OnlineList {
        OnlineList(count: count, users: names(limit: limits.listedNames))
    }
}
