import Accounts
import Bytes
import Chat
import EventLoops
import JSON
import SocketIO

// Connections that were lost and come back (connection state recovery): Socket.IO would put them into all rooms that they
// were in, whatever has become of their rights.

extension ChatEvents {
    /// Keeps what is needed to ask again, should the connection come back.
    func keep(_ session: ClientSession, of socket: Socket) {
        socket.data[LostConnection.key] = LostConnection(session).json
    }

    /// Asks for each room again, as if the connection joined it. It is in no other rooms than those, and in those of its
    /// session and account where the session goes on.
    nonisolated(nonsending) func judge(_ socket: Socket, _ rooms: [String]) async -> RecoveryVerdict {
        let lost = LostConnection(socket.data[LostConnection.key])
        socket.data[LostConnection.key] = nil
        let session = makeSession(of: socket)
        var kept = Set(rooms.filter { $0.hasPrefix(Self.waitingPrefix) })
        let identity = await identity(of: lost, socket)
        if let identity {
            session.identified(as: identity, on: socket, now: accounts.now)
            kept.formUnion([Self.channel(ofSession: identity.session), Self.channel(ofAccount: identity.account.id)])
        }
        var members: [String: Membership] = [:]
        for place in lost.places where rooms.contains(Self.channel(place.key)) {
            if let membership = await resume(place, lost, identity, session, socket) {
                members[Self.channel(place.key)] = membership
            }
        }
        return RecoveryVerdict { [kept, members] name in
            kept.contains(name) || members[name]?.isActive == true
        } abandoned: {
            for membership in session.end() { depart(membership) }
        }
    }

    private nonisolated(nonsending) func resume(
        _ place: FormerPlace, _ lost: LostConnection, _ identity: Identity?, _ session: ClientSession, _ socket: Socket
    ) async -> Membership? {
        do throws(ChatError) {
            // Whose session has ended is no guest for that.
            guard identity != nil || lost.session == nil else { throw .accessDenied(.noProof) }
            let result = try await chat.resume(
                place, as: identity?.account, from: IPAddress(socket.handshake.address), connection: socket.id)
            // From here on it is noted what the loop delivers: all of that is among what is sent again.
            session.entered(result.membership, after: result.lastSequence)
            if result.isNew { session.newcomers.insert(place.key) }
            return result.membership
        } catch {
            session.lost.append((place.room, error))
            return nil
        }
    }

    /// Who the connection is now; `nil` for a guest, and where the session has ended.
    private nonisolated(nonsending) func identity(of lost: LostConnection, _ socket: Socket) async -> Identity? {
        guard let known = lost.session else { return nil }
        let handshake = socket.handshake
        let tokens = [handshake.auth.text("token"), BearerToken.token(handshake.header("authorization"))]
        if let token = tokens.compactMap({ $0 }).first(where: accounts.isAccessToken),
            let shown = try? await accounts.identity(of: token), shown.session == known
        {
            return shown
        }
        let now = Duration.milliseconds(accounts.now)
        guard Duration.milliseconds(lost.expires) + Self.expiryGrace > now,
            let current = try? await accounts.identity(ofSession: known)
        else { return nil }
        return Identity(account: current.account, session: known, expires: lost.expires)
    }

    /// The connection is back: tells the rooms that it is in, and the client of those that it is in no longer.
    func returned(_ socket: Socket, _ session: ClientSession) {
        for membership in session.memberships where membership.isActive {
            socket.allowFullPayload()
            let isNew = session.newcomers.contains(membership.room.key)
            announce(.joined(membership.user, isNew: isNew, connection: socket.id), in: membership.room)
        }
        for (room, error) in session.lost {
            let content: JSONValue = [
                "room": .string(room.text), "cause": "not_recovered", "reason": .string(error.description), "by": .null,
            ]
            socket.emit("removed_from_room", content)
        }
        (session.lost, session.newcomers) = ([], [])
        if let identity = session.identity { confirm(identity, of: socket) }
    }

    /// Had the session ended before the connection was among those that are closed with it, it would live on.
    private func confirm(_ identity: Identity, of socket: Socket) {
        socket.loop.start {
            do throws(AccountError) {
                _ = try await accounts.current(identity)
            } catch {
                guard error == .notLoggedIn else { return }
                socket.emit("session_ended", ["message": "You were logged out; log in again."] as JSONValue)
                socket.disconnect(close: true)
            }
        }
    }
}
