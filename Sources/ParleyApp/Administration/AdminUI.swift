import Accounts
import Bytes
import EngineIO
import EventLoops
import JSON
import Metrics
import SocketIO

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Speaks with Socket.IO's own Admin UI, which is told what happens and can change nothing.
///
/// Its events are those of the package `@socket.io/admin-ui`; of a connection it is shown neither what it has shown to
/// prove who it is (headers, `auth`, the query) nor what it says.
final class AdminUI: Sendable {
    private let accounts: Accounts
    private let io: SocketIO.Server
    private let chat: Namespace
    private let started: Int64
    private let serverID: String
    private let (opened, closed) = (Counter(), Counter())
    /// The sessions of those who have shown the password, by what they may show in its place.
    private let sessions = Locked<[String: UUID]>([:])
    private let last = Locked(Totals())

    private struct Totals {
        var opened = 0
        var closed = 0
        var received = 0
        var sent = 0
    }

    /// How many may come back without the password.
    private static let mostSessions = 1_000
    /// How many connections a client is told of when it comes.
    private static let mostSockets = 1_000

    init(accounts: Accounts, io: SocketIO.Server, started: Int64) {
        self.accounts = accounts
        self.io = io
        self.started = started
        chat = io.of("/")
        serverID = Hex.encode(Array(accounts.makeID().bytes.prefix(8)))
    }

    /// Who shows a name and a password, or what they were given for that before.
    func logIn(_ auth: JSONValue, from address: IPAddress?) async throws(AccountError) -> (
        identity: Identity, sessionID: String
    ) {
        if let id = auth.text("sessionId"), let session = sessions.withLock({ $0[id] }) {
            return (try await accounts.identity(ofSession: session), id)
        }
        guard let name = auth.text("username"), let password = auth.text("password") else { throw .wrongCredentials }
        let account = try await accounts.authenticate(name, password: password, from: address)
        guard account.role == .administrator else { throw .wrongCredentials }
        let tokens = try await accounts.begin(account, on: Device(name: "Socket.IO Admin UI", address: address))
        let identity = try await accounts.identity(ofSession: tokens.session)
        let id = Hex.encode(Array(accounts.makeID().bytes.prefix(8)))
        sessions.withLock { sessions in
            if sessions.count >= Self.mostSessions, let some = sessions.keys.first { sessions[some] = nil }
            sessions[id] = tokens.session
        }
        return (identity, id)
    }

    /// Tells a client that has come what there is.
    func greet(_ socket: Socket, _ sessionID: String) {
        socket.emit("session", .string(sessionID))
        socket.emit("config", ["supportedFeatures": ["AGGREGATED_EVENTS"]] as JSONValue)
        socket.loop.start { [chat] in
            guard let sockets = try? await chat.fetchSockets() else { return }
            let known = sockets.prefix(Self.mostSockets).map { Self.json($0.id, $0.handshake, $0.rooms, $0.data, nil) }
            socket.emit("all_sockets", .array(known))
        }
    }

    // MARK: What happens

    /// Tells those who listen in `namespace` of connections and rooms of the chat.
    func watch(_ namespace: Namespace) {
        let listeners = namespace.to(AdminNamespace.Channel.ui)
        chat.onConnection { [opened] socket in
            opened.add()
            guard namespace.socketCount > 0 else { return }
            let shown = Self.json(
                socket.id, socket.handshake, socket.rooms, socket.data.json, socket.transport)
            listeners.emit("socket_connected", shown, Self.now)
        }
        chat.onDisconnect { [closed] socket, reason in
            closed.add()
            guard namespace.socketCount > 0 else { return }
            listeners.emit("socket_disconnected", "/", .string(socket.id), .string(reason.rawValue), Self.now)
        }
        chat.onRoomEvent { event in
            guard namespace.socketCount > 0 else { return }
            switch event {
            case .joined(let room, let id) where Self.isShown(room) && room != id:
                listeners.emit("room_joined", "/", .string(room), .string(id), Self.now)
            case .left(let room, let id) where Self.isShown(room) && room != id:
                listeners.emit("room_left", "/", .string(room), .string(id), Self.now)
            default: break
            }
        }
    }

    /// Sends `server_stats`.
    ///
    /// - Parameter polling: how many sessions poll.
    func tell(_ namespace: Namespace, polling: JSONValue) {
        let traffic = io.traffic
        let totals = Totals(
            opened: opened.value, closed: closed.value, received: traffic.received, sent: traffic.sent)
        let former = last.withLock { last in
            defer { last = totals }
            return last
        }
        let time = Self.now
        func event(_ type: String, _ count: Int) -> JSONValue {
            ["timestamp": time, "type": .string(type), "count": JSONValue(count)]
        }
        let sockets = chat.socketCount
        namespace.to(AdminNamespace.Channel.ui).volatile.emit(
            "server_stats",
            [
                "serverId": .string(serverID), "hostname": .string(Self.hostname), "pid": JSONValue(Int(getpid())),
                "uptime": .double(Double(accounts.now - started) / 1_000), "clientsCount": JSONValue(sockets),
                "pollingClientsCount": polling,
                "aggregatedEvents": [
                    event("rawConnection", totals.opened - former.opened),
                    event("rawDisconnection", totals.closed - former.closed),
                    event("packetsIn", totals.received - former.received),
                    event("packetsOut", totals.sent - former.sent),
                ],
                "namespaces": [
                    ["name": "/", "socketsCount": JSONValue(sockets)],
                    ["name": "/admin", "socketsCount": JSONValue(namespace.socketCount)],
                ],
            ] as JSONValue)
    }

    // MARK: - Inside

    private static var now: JSONValue { AccountJSON.time(SystemWallClock().epochMilliseconds) }

    /// Names that stand for a session or account are no rooms to anybody else.
    private static func isShown(_ room: String) -> Bool { !room.hasPrefix("session:") && !room.hasPrefix("account:") }

    private static func json(
        _ id: String, _ handshake: Handshake, _ rooms: [String], _ data: JSONValue, _ transport: EngineTransport?
    ) -> JSONValue {
        [
            "id": .string(id), "clientId": .string(String(id.prefix(12))),
            "transport": .string(transport == .polling ? "polling" : "websocket"), "nsp": "/", "data": data,
            "handshake": [
                "headers": .object([]), "query": .object([]), "url": "", "time": .string(handshake.time),
                "issued": .integer(handshake.issued), "address": .string(handshake.address),
                "secure": .bool(handshake.isSecure), "xdomain": .bool(handshake.isCrossDomain),
            ],
            "rooms": .array(rooms.filter(isShown).map { .string($0) }),
        ]
    }

    private static let hostname: String = {
        var name = [CChar](repeating: 0, count: 256)
        guard unsafe gethostname(&name, name.count - 1) == 0 else { return "" }
        return String(decoding: name.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }()
}
