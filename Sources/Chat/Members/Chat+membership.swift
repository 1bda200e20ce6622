import Accounts
import Bytes
import Cryptography
import EventLoops
import Synchronization

extension Chat {
    /// Brings a connection into a room under a name.
    ///
    /// A name that is online belongs to those who show its guest token; a name that nobody uses belongs to whoever comes
    /// first. A connection that is in the room under that name already stays what it is.
    public func join(_ request: JoinRequest) async throws(ChatError) -> JoinResult {
        _ = try request.caller.person.name(limits)
        for _ in 0..<Self.joinTries {
            if let result = try await tryToJoin(request) { return result }
        }
        throw .busy
    }

    private static let joinTries = 10

    /// `nil` where the room's rules or roles changed while it was asked about: then it is to be asked again.
    private func tryToJoin(_ request: JoinRequest) async throws(ChatError) -> JoinResult? {
        let handles = handleChanges.load(ordering: .acquiring)
        let grant = try await authorize(.join, in: request.room, for: request.caller)
        let room = grant.room
        var name = try await name(of: request.caller, as: grant)
        if let account = name.account, name.role == nil { name.role = try await enroll(account, in: room) }
        let arrival = Arrival(
            name: name, address: request.caller.proof.address, connection: request.connection,
            revision: grant.revision)
        guard let place = try room.enter(arrival, statuses, limits, at: now) else { return nil }
        followServerRole(place.membership)
        do {
            // An account was given a name meanwhile: who was looked for then may not have been found here.
            if handles != handleChanges.load(ordering: .acquiring) { try await checkAgain(name) }
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
            statuses.left(member)
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

    private func checkAgain(_ name: Name) async throws(ChatError) {
        guard let account = name.account else {
            guard try await !environment.isReserved(name.user.text) else { throw .nameReserved }
            return
        }
        let now = try await environment.account(name.user.text)
        guard now?.key == account.key, now?.handle.text == name.user.text else { throw .busy }
    }

    private func result(of place: Entry, name: Name, after: Int64?) async throws(ChatError) -> JoinResult {
        var token: String?
        if name.account == nil {
            let membership = place.membership
            token = try tokens.guestToken(for: name.user, membership.person, in: membership.room)
        }
        // The last thing that is awaited: see `ChatStore.missed`.
        let missed = try await missed(in: place.membership.room, after: after)
        return JoinResult(
            membership: place.membership, guestToken: token, isNew: place.isNew, online: place.online, missed: missed,
            lastSequence: place.lastSequence, revision: place.lastChange)
    }

    /// An account that has come into a room belongs to it from then on, and needs no proof any more.
    func enroll(_ account: Account, in room: Room) async throws(ChatError) -> RoomRole? {
        do {
            return try await environment.store.enroll(account.key, in: room, most: limits.membersPerRoom)
        } catch .tooManyMembers where room.kind == .open {
            // Who belongs to an open room is remembered for convenience: nobody is kept out for it.
            return nil
        } catch {
            throw failure(error, of: room)
        }
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
    /// Whether the name was not there before.
    let isNew: Bool
    let online: OnlineList
    let lastSequence: Int64
    let lastChange: Int64
}

/// A connection that may come into a room.
struct Arrival {
    let name: Name
    let address: IPAddress?
    let connection: String
    /// Of the room's rules and roles, when they allowed it.
    let revision: UInt64
}

extension Room {
    /// `nil` where the rules or roles are others than those that allowed it.
    func enter(
        _ arrival: Arrival, _ statuses: Statuses, _ limits: ChatLimits, at time: Int64
    ) throws(ChatError) -> Entry? {
        let (name, look) = (arrival.name, Lookalikes.skeleton(of: arrival.name.user.text))
        return try state.withLock { state throws(ChatError) in
            guard state.revision == arrival.revision else { return nil }
            let admission = state.presence.admission(
                of: name.user, claim: name.shown, connection: arrival.connection)
            switch admission {
            case .taken: throw .nameTaken
            case .present(let member):
                return Entry(
                    membership: member, isNew: false, online: state.presence.online(limits),
                    lastSequence: state.lastSequence, lastChange: state.lastChange)
            case .admitted: break
            }
            guard state.presence.connectionCount < limits.connectionsPerRoom else { throw .roomFull }
            let member = Membership(
                room: self, name: name, address: arrival.address, connection: arrival.connection,
                mutedUntil: state.muteEnd(of: name.account?.key, look: look, from: arrival.address),
                epoch: state.epoch)
            let isNew = state.presence.insert(member)
            let status = statuses.entered(member, at: time)
            _ = state.presence.setHidden(status == .offline, name.user, of: name.person)
            return Entry(
                membership: member, isNew: isNew, online: state.presence.online(limits),
                lastSequence: state.lastSequence, lastChange: state.lastChange)
        }
    }
}

extension Presence {
    func online(_ limits: ChatLimits) -> OnlineList {
        OnlineList(count: count, users: names(limit: limits.listedNames))
    }
}
