import Accounts
public import Bytes
import Cryptography
import EventLoops

/// An invitation and the token that it is used by, which is told once and kept nowhere.
public struct NewInvitation: Sendable {
    public let invitation: Invitation
    public let token: String
}

/// What an invitation gave.
public struct Admission: Sendable {
    public let room: RoomID
    public let user: UserID
    /// What a guest shows to come in; `nil` for an account, which belongs to the room.
    public let guestToken: String?
}

extension Chat {
    /// Makes a way into a room.
    ///
    /// - Parameters:
    ///   - seconds: how long it is good for; `nil` for ever.
    ///   - uses: how many may come by it; `nil` for any number.
    public func invite(
        to id: String, seconds: Int64?, uses: Int64?, for caller: Caller
    ) async throws(ChatError) -> NewInvitation {
        try check(seconds, in: 1...Self.tenYears, .invitation)
        try check(uses, in: 1...1_000_000, .invitation)
        let room = try await authorize(.moderate, in: id, for: caller).room
        guard room.kind != .direct else { throw .accessDenied(.ownerNeeded) }
        let secret = environment.random.bytes(24)
        let invitation = Invitation(
            id: UUID(random: environment.random.bytes(16)), by: try caller.person.name(limits), at: now,
            expires: seconds.map { now + $0 * 1000 }, usesLeft: uses)
        do {
            try await environment.store.invite(
                invitation, digest: SHA256.hash(secret), to: room, most: limits.invitationsPerRoom)
        } catch {
            throw failure(error, of: room)
        }
        return NewInvitation(invitation: invitation, token: Base64.urlSafe.encode(secret, padding: false))
    }

    /// The invitations to a room that are good, the newest first.
    public func invitations(to id: String, for caller: Caller) async throws(ChatError) -> [Invitation] {
        let room = try await authorize(.moderate, in: id, for: caller).room
        let now = now
        do {
            return try await environment.store.invitations(to: room).filter { $0.expires ?? .max > now }
        } catch {
            throw failure(error, of: room)
        }
    }

    /// Withdraws an invitation; who has come by it stays.
    public func withdrawInvitation(_ invitation: UUID, to id: String, for caller: Caller) async throws(ChatError) {
        let room = try await authorize(.moderate, in: id, for: caller).room
        do {
            try await environment.store.revokeInvitation(invitation, to: room)
        } catch {
            throw failure(error, of: room)
        }
    }

    /// The room that an invitation leads to, for whoever has its token.
    public func room(ofInvitation token: String) async throws(ChatError) -> Room {
        guard let digest = Self.digest(ofInvitation: token) else { throw .invitationNotFound }
        let id: RoomID?
        do {
            id = try await environment.store.room(ofInvitation: digest, at: now)
        } catch {
            throw ChatError(error)
        }
        guard let id, let room = try await directory.room(id) else { throw .invitationNotFound }
        return room
    }

    /// Uses an invitation: an account belongs to the room from then on, a guest is given a guest token for the name.
    public func accept(_ token: String, as caller: Caller) async throws(ChatError) -> Admission {
        let room = try await room(ofInvitation: token)
        let grant = Grant(room: room, level: .visitor, role: nil, revision: 0)
        let name = try await name(of: caller, as: grant)
        guard let digest = Self.digest(ofInvitation: token) else { throw .invitationNotFound }
        // An invitation stands for the password, and lifts no ban.
        let isBanned = room.state.withLock { self.sanctions(against: caller, $0).contains { $0.kind == .ban } }
        guard !isBanned else { throw .accessDenied(.banned) }
        do {
            try await environment.store.accept(
                digest, by: caller.person.account?.key, in: room, at: now, most: limits.membersPerRoom)
        } catch {
            throw failure(error, of: room)
        }
        let guestToken = name.account == nil ? try tokens.guestToken(for: name.user, name.person, in: room) : nil
        return Admission(room: room.id, user: name.user, guestToken: guestToken)
    }

    private static func digest(ofInvitation token: String) -> [UInt8]? {
        guard token.utf8.count == 32, let secret = Base64.urlSafe.decode(token) else { return nil }
        return SHA256.hash(secret)
    }
}
