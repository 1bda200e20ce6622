import Accounts
import Bytes
import Chat
import EventLoops
import JSON
import SocketIO

/// The namespace `/admin`: what happens on the server, live, for administrators alone.
///
/// Two kinds of clients connect here: the dashboard, with an access token, which is sent `figures` each second and events
/// of accounts and rooms; and Socket.IO's own Admin UI, with a name and a password, see `AdminUI`. Neither can change
/// anything here.
struct AdminNamespace: Sendable {
    let namespace: Namespace
    let accounts: Accounts
    private let ui: AdminUI
    private let ticker: AdminTicker

    /// What Socket.IO knows the two kinds of clients by.
    enum Channel {
        static let dashboard = "dashboard"
        static let ui = "ui"
    }

    private enum IdentityKey: SocketStorageKey { typealias Value = Entrance }

    /// How somebody has come in.
    private struct Entrance: Sendable {
        let identity: Identity
        /// What the Admin UI may show the next time in place of the password; `nil` for a dashboard.
        var sessionID: String?
        var isUI: Bool { sessionID != nil }
    }

    init(_ io: SocketIO.Server, accounts: Accounts, figures: AdminFigures, on loop: any EventLoop) {
        namespace = io.of("/admin")
        self.accounts = accounts
        ui = AdminUI(accounts: accounts, io: io, started: accounts.now)
        ticker = AdminTicker(namespace, figures: figures, ui: ui, on: loop)
    }

    /// Lets administrators in from now on.
    func attach() {
        namespace.use { socket in socket.storage[IdentityKey.self] = try await entrance(of: socket) }
        namespace.onConnection { socket in connected(socket) }
        namespace.onDisconnect { socket, _ in socket.storage[ExpiryKey.self]?.cancel() }
        ui.watch(namespace)
    }

    /// Stops sending.
    func stop() { ticker.stop() }

    // MARK: Who comes in

    private nonisolated(nonsending) func entrance(of socket: Socket) async throws -> Entrance {
        let auth = socket.handshake.auth
        do throws(AccountError) {
            var entrance: Entrance
            if let token = auth.text("token") {
                entrance = Entrance(identity: try await accounts.identity(of: token))
                try entrance.identity.check(.scope(.admin))
            } else {
                let found = try await ui.logIn(auth, from: IPAddress(socket.handshake.address))
                entrance = Entrance(identity: found.identity, sessionID: found.sessionID)
            }
            guard entrance.identity.account.role == .administrator else { throw .wrongCredentials }
            return entrance
        } catch .tooManyAttempts(let seconds) {
            throw ConnectError(AccountError.tooManyAttempts(retryAfter: seconds).description)
        } catch .tokenExpired {
            throw ConnectError(AccountError.tokenExpired.description, data: ["code": "token_expired"])
        } catch {
            // The words that the official server has for all of these.
            throw ConnectError("invalid credentials")
        }
    }

    private enum ExpiryKey: SocketStorageKey { typealias Value = ExpiryBox }

    /// `@unchecked Sendable` because it is kept in `Socket.storage` and touched on the socket's loop only.
    private final class ExpiryBox: @unchecked Sendable {
        private let expiry: IdentityExpiry

        init(_ expiry: IdentityExpiry) { self.expiry = expiry }

        func cancel() { expiry.cancel() }
    }

    private func connected(_ socket: Socket) {
        guard let entrance = socket.storage[IdentityKey.self] else { return socket.disconnect() }
        let identity = entrance.identity
        socket.join([
            ChatEvents.channel(ofSession: identity.session), ChatEvents.channel(ofAccount: identity.account.id),
            entrance.isUI ? Channel.ui : Channel.dashboard,
        ])
        socket.loop.start { await check(socket, identity) }
        if let sessionID = entrance.sessionID {
            ui.greet(socket, sessionID)
        } else {
            let expiry = IdentityExpiry(socket)
            expiry.follow(identity, now: accounts.now)
            socket.storage[ExpiryKey.self] = ExpiryBox(expiry)
        }
        ticker.start()
    }

    /// Looks again, now that the connection is among those that are closed with the session: it may have ended before.
    private nonisolated(nonsending) func check(_ socket: Socket, _ identity: Identity) async {
        let current = try? await accounts.current(identity)
        if current?.account.role != .administrator { socket.disconnect() }
    }

    // MARK: What happens

    /// Tells of accounts, and lets go of those who are administrators no longer. Called by the store's thread.
    func committed(_ events: [AccountEvent]) {
        let dashboards = namespace.to(Channel.dashboard)
        for event in events {
            switch event {
            case .created(let account): dashboards.emit("user_created", AdminJSON.account(account))
            case .changed(let account): dashboards.emit("user_changed", AdminJSON.account(account))
            case .renamed: break
            case .deleted: dashboards.emit("user_deleted", JSONValue.object([]))
            case .roleChanged(let account):
                guard account.role != .administrator else { break }
                namespace.in(ChatEvents.channel(ofAccount: account.id)).disconnectSockets()
            case .ended(let sessions, _):
                namespace.in(sessions.map(ChatEvents.channel(ofSession:))).disconnectSockets()
            }
        }
    }

    /// Tells of a room that was made. From any thread.
    static func created(_ room: Room, in namespace: Namespace) {
        namespace.to(Channel.dashboard).emit("room_created", RoomJSON.info(room.info, of: room.id))
    }

    /// Tells of rooms that are gone. Called by the store's thread.
    func committed(_ events: [CommittedEvent]) {
        for case .deleted(let room) in events {
            namespace.to(Channel.dashboard).emit("room_deleted", ["id": .string(room.id.text)] as JSONValue)
        }
    }
}
