import Accounts
import Bytes

/// What a moderator does against somebody.
public struct SanctionRequest: Sendable {
    public var kind: Sanction.Kind
    /// The name of an account or a guest.
    public var user: String
    /// Seconds; `nil` for ever.
    public var seconds: Int64?
    public var reason = ""
    /// Whether guests from where a banned guest is, are kept out too.
    public var includesAddress = false
    /// Of a ban: from how many seconds ago on what they wrote in the room is removed.
    public var removedSeconds: Int64?

    public init(_ kind: Sanction.Kind, _ user: String, seconds: Int64? = nil, reason: String = "") {
        self.kind = kind
        self.user = user
        self.seconds = seconds
        self.reason = reason
    }
}

extension Chat {
    /// Bans, mutes or kicks somebody; who is banned or kicked is out of the room when this returns.
    @discardableResult
    public func sanction(
        _ request: SanctionRequest, in id: String, for caller: Caller
    ) async throws(ChatError) -> Sanction {
        try check(request.seconds, in: 1...Self.tenYears, .sanction)
        try check(request.removedSeconds, in: 1...Self.day, .removal)
        guard request.kind == .ban || request.removedSeconds == nil else { throw .invalid(.duration(.removal)) }
        let reason = try check(reason: request.reason)
        let grant = try await authorize(.moderate, in: id, for: caller)
        let target = try await target(request.user, of: grant, isByConsole: caller.means == .console)
        let sanction = Sanction(
            request.kind, of: target.user, account: target.account?.key,
            network: request.includesAddress ? network(of: target, in: grant.room) : nil,
            until: end(of: request, target), reason: reason, by: try moderator(caller), at: now)
        let deed = try deed(
            sanction.kind.deed, in: grant.room, by: caller, details(of: request, sanction), reason: reason)
        try await carryOut(sanction, target, purge(request, target, sanction), in: grant.room, noting: deed)
        return sanction
    }

    /// In seconds.
    private static let day: Int64 = 86_400

    private func details(of request: SanctionRequest, _ sanction: Sanction) -> [Deed.Detail] {
        var details: [Deed.Detail] = [.init("user", sanction.user.text)]
        if let seconds = request.seconds, sanction.kind != .kick { details.append(.init("seconds", String(seconds))) }
        if let network = sanction.network { details.append(.init("network", network.noted)) }
        if let seconds = request.removedSeconds { details.append(.init("remove_messages", String(seconds))) }
        return details
    }

    private func purge(_ request: SanctionRequest, _ target: Target, _ sanction: Sanction) -> Purge? {
        request.removedSeconds.map { seconds in
            Purge(
                author: target.account.map { .person(PersonID($0.id)) } ?? .guests(look: sanction.look),
                since: sanction.created - seconds * 1000, moderator: sanction.moderator, step: limits.removedAtOnce)
        }
    }

    /// Lifts a ban or a mute.
    public func pardon(
        _ kind: Sanction.Kind, of name: String, in id: String, for caller: Caller
    ) async throws(ChatError) {
        let room = try await authorize(.moderate, in: id, for: caller).room
        let account = try await environment.account(name)
        let user = account.map { UserID($0.handle) } ?? UserID(trusted: String(name.prefix(limits.userIDLength)))
        let deed = try deed(
            kind == .ban ? "member.unbanned" : "member.unmuted", in: room, by: caller, [.init("user", user.text)])
        do {
            try await environment.store.pardon(
                kind, look: Lookalikes.skeleton(of: name), account: account?.key, in: room, noting: deed)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// Who is banned or muted now, the newest first.
    public func sanctions(
        _ kind: Sanction.Kind, in id: String, for caller: Caller
    ) async throws(ChatError) -> [Sanction] {
        let room = try await authorize(.moderate, in: id, for: caller).room
        let now = now
        return room.state.withLock { $0.sanctions }.filter { $0.kind == kind && !$0.isOver(at: now) }
            .sorted { $0.created > $1.created }
    }

    // MARK: Targets

    private struct Target {
        let user: UserID
        let account: Account?
    }

    /// Whom a name means, where the one who asks stands above them.
    private func target(
        _ name: String, of grant: Grant, isByConsole: Bool
    ) async throws(ChatError) -> Target {
        guard let account = try await environment.account(name) else {
            return Target(user: try UserID(name, limits: limits), account: nil)
        }
        if isByConsole { return Target(user: UserID(account.handle), account: account) }
        let role = try await role(of: account, in: grant.room)
        let evidence = AccessEvidence(role: role, serverRole: account.role)
        let traits = AccessDecision.RoomTraits(grant.room.kind, grant.room.management)
        guard AccessLevel.of(evidence, in: traits) < grant.level else { throw .outranked }
        return Target(user: UserID(account.handle), account: account)
    }

    private func network(of target: Target, in room: Room) -> CIDR? {
        let members = room.state.withLock { $0.presence.members(named: target.user) }
        return members.lazy.compactMap(\.address).first.map { CIDR(subscriberOf: $0) }
    }

    private func end(of request: SanctionRequest, _ target: Target) -> Int64? {
        // A kick makes the guest's token useless for as long as it could be good.
        if request.kind == .kick { return now + limits.guestTokenLifetime * 1000 }
        return request.seconds.map { now + $0 * 1000 }
    }

    private func carryOut(
        _ sanction: Sanction, _ target: Target, _ purge: Purge?, in room: Room, noting deed: Deed
    ) async throws(ChatError) {
        let (store, most) = (environment.store, limits.sanctionsPerRoom)
        do {
            guard sanction.kind != .mute else {
                return try await store.sanction(sanction, in: room, most: most, noting: deed)
            }
            let expulsion = Expulsion(
                sanction.kind == .ban ? .banned : .kicked, target.user, account: target.account?.key,
                reason: sanction.reason, by: sanction.moderator)
            // An account that was kicked belongs to the room no longer, which is enough.
            let isKept = sanction.kind == .ban || target.account == nil
            var isMore = try await store.expel(
                expulsion, isKept ? sanction : nil, from: room, most: most, purging: purge, noting: deed)
            while isMore, let purge { isMore = try await store.purge(purge, in: room) }
        } catch {
            throw failure(error, of: room)
        }
    }

    func check(reason text: String) throws(ChatError) -> String {
        if text.isEmpty { return "" }
        guard let reason = Normalization.identifier(text, longest: limits.topicLength) else {
            throw .invalid(.reason(longest: limits.topicLength))
        }
        return reason
    }
}

extension Sanction.Kind {
    /// What the audit log calls it.
    fileprivate var deed: String {
        switch self {
        case .ban: "member.banned"
        case .mute: "member.muted"
        case .kick: "member.kicked"
        }
    }
}
