import Accounts
import Bytes
import EventLoops
import JSON
import SocketIO

// Who a connection is: the account whose access token it has shown, or nobody but the name that it gives in a room.

extension ChatEvents {
    /// How long a connection lives on after its access token, so that its client can show a new one.
    static let expiryGrace = Duration.seconds(60)

    /// `authenticate {token}`: shows an access token, or a newer one of the same session.
    nonisolated(nonsending) func authenticate(_ event: SocketEvent) async {
        guard let session = session(of: event.socket) else { return }
        guard let token = ChatPayload(event).text(.token), accounts.isAccessToken(token) else {
            return refuse(event, AccountError.notLoggedIn)
        }
        await session.order.joinBegan()
        defer { session.order.joinEnded() }
        do throws(AccountError) {
            let identity = try await identify(event.socket, session, token)
            try identity.check(Self.tokenRule(of: event.name))
            event.acknowledge(
                ["status": "success", "user": AccountJSON.profile(identity.account)] as JSONValue)
        } catch {
            refuse(event, error)
        }
    }

    /// The account of the connection, or of the access token that the event or the handshake shows; `nil` for a guest.
    nonisolated(nonsending) func identity(
        of event: SocketEvent, _ payload: ChatPayload, _ session: ClientSession
    ) async throws(AccountError) -> Identity? {
        // As it is now: its role may have changed since it was shown.
        var identity: Identity?
        if let known = session.identity {
            identity = try await accounts.current(known)
        } else if let token = shownTokens(event, payload).first(where: accounts.isAccessToken) {
            identity = try await identify(event.socket, session, token)
        }
        try identity?.check(Self.tokenRule(of: event.name))
        return identity
    }

    /// The tokens that come with an event or came with the handshake.
    func shownTokens(_ event: SocketEvent, _ payload: ChatPayload) -> [String] {
        let handshake = event.socket.handshake
        return [
            payload.text(.token), handshake.auth.text("token"), BearerToken.token(handshake.header("authorization")),
        ].compactMap { $0 }
    }

    func refuse(_ event: SocketEvent, _ error: AccountError) {
        refuse(event, error.description, [.init("error", .string(APIError(error).code))])
    }

    private nonisolated(nonsending) func identify(
        _ socket: Socket, _ session: ClientSession, _ token: String
    ) async throws(AccountError) -> Identity {
        let found = try await accounts.identity(of: token)
        if let known = session.identity, known.account.key != found.account.key { throw .otherAccount }
        socket.join(Self.channel(ofSession: found.session))
        // Asked again: had the session ended before the connection was among those that are closed with it, it would
        // live on.
        let identity = try await accounts.identity(of: token)
        socket.join(Self.channel(ofAccount: identity.account.id))
        session.identified(as: identity, on: socket, now: accounts.now)
        return identity
    }
}

/// Ends a connection some time after its access token, unless it shows a new one.
final class IdentityExpiry: TimerTarget {
    private weak let socket: Socket?
    private let loop: any EventLoop
    private var token: TimerToken?

    init(_ socket: Socket) {
        self.socket = socket
        loop = socket.loop
    }

    /// Ends the connection when the token is over: some time after an access token, and at once after an API token, in
    /// whose place no other comes.
    ///
    /// - Parameter now: milliseconds since 1970.
    func follow(_ identity: Identity, now: Int64) {
        cancel()
        guard identity.expires < .max else { return }
        let grace = identity.scopes == nil ? ChatEvents.expiryGrace : .zero
        token = loop.schedule(after: .milliseconds(max(0, identity.expires - now)) + grace, self)
    }

    func cancel() {
        if let token { loop.cancel(token) }
        token = nil
    }

    func timerFired(_ token: TimerToken) {
        self.token = nil
        socket?.emit("session_expired", ["message": .string(AccountError.tokenExpired.description)] as JSONValue)
        socket?.disconnect(close: true)
    }
}
