import EngineIO
import EventLoops
import JSON

// A client joins the namespace; all of it on the connection's loop. The caller has claimed a place.

extension Namespace {
    func connect(_ connection: Connection, auth: JSONValue) {
        let recovery = context.options.connectionStateRecovery
        guard let recovery, connection.revision == .v4, let privateID = auth["pid"]?.stringValue,
            let offset = auth["offset"]?.stringValue
        else { return connect(connection, auth, recovering: nil, skipsMiddlewares: false) }
        connection.busy.append(name)
        let loop = connection.state.loop
        loop.start {
            let session = await self.adapter.restoreSession(privateID: privateID, offset: offset)
            loop.perform {
                connection.busy.removeAll { $0 == self.name }
                guard connection.isOpen else { return self.release() }
                self.connect(
                    connection, auth, recovering: session, skipsMiddlewares: recovery.skipMiddlewares)
            }
        }
    }

    private func connect(
        _ connection: Connection, _ auth: JSONValue, recovering session: RecoveredSession?, skipsMiddlewares: Bool
    ) {
        let shard = shards[connection.state.loop.index]
        let id = session?.id ?? newID(connection)
        let socket = Socket(
            id: id, connection: connection, shard: shard, auth: auth, recovered: session != nil)
        if context.options.connectionStateRecovery != nil, connection.revision == .v4 {
            socket.madeExtras.privateID = session?.privateID ?? context.makeID()
        }
        if let session { socket.madeExtras.data = SocketData(session.data) }
        connection.keep(socket)
        let skips = session != nil && skipsMiddlewares
        pass(socket, through: skips ? [] : shard.shared.content.middlewares[...], recovering: session)
    }

    /// Revision 3 clients make up their id from the session's (Socket.IO protocol 4).
    private func newID(_ connection: Connection) -> String {
        guard connection.revision == .v3 else { return context.makeID() }
        let session = connection.session?.id ?? ""
        return name == "/" ? session : "\(name)#\(session)"
    }

    /// Runs middlewares one after the other; from the first async one on, in a task.
    private func pass(
        _ socket: Socket, through middlewares: ArraySlice<NamespaceMiddleware>, recovering session: RecoveredSession?
    ) {
        guard socket.state == .connecting else { return }
        var rest = middlewares
        while let next = rest.first {
            rest = rest.dropFirst()
            switch next {
            case .sync(let judge):
                do { try judge(socket) } catch { return refuse(socket, error) }
            case .async(let judge):
                let rest = rest
                let loop = socket.shard.loop
                return loop.start {
                    do {
                        try await judge(socket)
                        loop.perform { self.pass(socket, through: rest, recovering: session) }
                    } catch {
                        loop.perform { self.refuse(socket, error) }
                    }
                }
            }
            guard socket.state == .connecting else { return }
        }
        if let session { judge(session, of: socket) } else { join(socket, recovering: nil) }
    }

    private func refuse(_ socket: Socket, _ error: any Error) {
        guard socket.state == .connecting else { return }
        if let error = error as? ConnectError {
            socket.connection.refuse(name, error)
        } else {
            context.report(error, socket: socket, event: "connection")
            socket.connection.refuse(name, ConnectError("The connection was refused; try again later."))
        }
        socket.connection.remove(socket)
        socket.finish(.serverNamespaceDisconnect)
    }

    /// Connects the socket; `false` where the adapter does not let it in.
    @discardableResult
    func join(_ socket: Socket, recovering session: RecoveredSession?) -> Bool {
        let connection = socket.connection
        guard let admission = adapter.socketJoins(socket, recovering: session) else {
            connection.close(.forcedServerClose)
            return false
        }
        socket.state = .connected
        socket.output = connection.session
        socket.shard.add(socket)
        if let session { adapter.addAll(socket, to: session.keptRooms.filter { $0 != socket.id }) }
        for packet in admission.missed {
            socket.output?.send(context.wire(packet).message(.init()))
        }
        connection.joined()
        connection.send(.connect, namespace: self, payload: connectPayload(socket))
        if let offset = admission.offset, let event = context.options.connectionStateRecovery?.offsetEvent {
            sendFirstOffset(offset, event, to: socket)
        }
        welcome(socket)
        return true
    }

    /// `{"sid":..}`, with `pid` where recovery is on; nothing for revision 3.
    private func connectPayload(_ socket: Socket) -> JSONValue? {
        guard socket.revision == .v4 else { return nil }
        var members = [JSONValue.Member("sid", .string(socket.id))]
        if let privateID = socket.extras?.privateID { members.append(.init("pid", .string(privateID))) }
        return .object(members)
    }

    private func sendFirstOffset(_ offset: String, _ event: String, to socket: Socket) {
        guard socket.revision == .v4 else { return }
        var writer = PacketWriter()
        if write(event, id: nil, { $0.append(.string(offset)) }, to: &writer, socket: socket) {
            socket.transmit(writer)
        }
    }

    private func welcome(_ socket: Socket) {
        for entry in socket.shard.shared.content.connection {
            guard socket.state == .connected else { return }
            switch entry.handler {
            case .sync(let body):
                do { try body(socket) } catch { context.report(error, socket: socket, event: "connection") }
            case .async(let body):
                socket.shard.loop.start {
                    do {
                        try await body(socket)
                    } catch {
                        self.context.report(error, socket: socket, event: "connection")
                    }
                }
            }
        }
    }
}
