// Registering. Best done before the server starts; later it takes effect when each loop has come to it.

extension Namespace {
    /// Calls `handler` with each socket that has connected, directly on its loop: the place to register its handlers.
    @discardableResult
    public func onConnection(_ handler: @escaping @Sendable (Socket) throws -> Void) -> HandlerToken {
        addConnection(.sync(handler))
    }

    /// Calls an async `handler` in a task on the socket's loop. Events that come before it has registered their
    /// handlers find none, so register before the first `await`.
    @discardableResult
    public func onConnection(
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void
    ) -> HandlerToken {
        addConnection(.async(handler))
    }

    /// The same as `onConnection` for the event `connection` (or `connect`). For any other event, a handler that all
    /// sockets share and that needs the socket only.
    @discardableResult
    public func on(_ event: String, _ handler: @escaping @Sendable (Socket) throws -> Void) -> HandlerToken {
        if event == "connection" || event == "connect" { return onConnection(handler) }
        return add(event, .sync { try handler($0.socket) })
    }

    /// The same with an async handler, in a task on the socket's loop.
    @discardableResult
    public func on(
        _ event: String, _ handler: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void
    ) -> HandlerToken {
        if event == "connection" || event == "connect" { return onConnection(handler) }
        return add(event, .async { try await handler($0.socket) })
    }

    /// Calls `handler` for each event of this name on any socket of the namespace, after the socket's own handlers.
    /// Registered once, it costs no memory for each socket.
    @discardableResult
    public func on(
        _ event: String, _ handler: @escaping @Sendable (Socket, SocketEvent) throws -> Void
    ) -> HandlerToken {
        add(event, .sync { try handler($0.socket, $0) })
    }

    /// The same with an async handler, in a task on the socket's loop.
    @discardableResult
    public func on(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, SocketEvent) async throws -> Void
    ) -> HandlerToken {
        add(event, .async { try await handler($0.socket, $0) })
    }

    /// Calls `handler` with the socket and the event's arguments decoded to its parameters' types; see `Socket.on`.
    @discardableResult
    public func on<First: EventArgument, each Argument: EventArgument>(
        _ event: String, _ handler: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Void
    ) -> HandlerToken {
        add(event, .shared(handler))
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func on<
        First: EventArgument, each Argument: EventArgument,
        Answer: EventAnswer
    >(
        _ event: String, _ handler: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        add(event, .shared(handler))
    }

    /// Calls `handler` when a socket is disconnected and has left its rooms.
    @discardableResult
    public func onDisconnect(_ handler: @escaping @Sendable (Socket, DisconnectReason) -> Void) -> HandlerToken {
        add("disconnect", .reason(handler))
    }

    /// Calls `handler` when a socket is about to be disconnected: its rooms can still be read.
    @discardableResult
    public func onDisconnecting(_ handler: @escaping @Sendable (Socket, DisconnectReason) -> Void) -> HandlerToken {
        add("disconnecting", .reason(handler))
    }

    /// Takes one handler away.
    public func off(_ token: HandlerToken) {
        change { content in
            content.events.remove(token)
            content.connection.removeAll { $0.token == token }
        }
    }

    /// Takes all shared handlers of an event away.
    public func off(_ event: String) {
        change { content in
            content.events.remove(named: event)
            if event == "connection" || event == "connect" { content.connection = [] }
        }
    }

    /// Runs `middleware` for each socket that wants to connect, in the order of registration. Where it throws a
    /// `ConnectError` the client is refused with that message and data; any other error refuses it too, and is reported
    /// instead of told.
    public func use(_ middleware: @escaping @Sendable (Socket) throws -> Void) {
        change { $0.middlewares.append(.sync(middleware)) }
    }

    /// Runs an async `middleware`, in a task on the socket's loop.
    public func use(_ middleware: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void) {
        change { $0.middlewares.append(.async(middleware)) }
    }

    /// Calls `observer` on the loop of the socket concerned when rooms come, go, or change their members.
    public func onRoomEvent(_ observer: @escaping @Sendable (RoomEvent) -> Void) {
        change { $0.roomObservers.append(observer) }
    }

    private func addConnection(_ handler: NamespaceMiddleware) -> HandlerToken {
        let token = HandlerToken.next()
        change { $0.connection.append((token, handler)) }
        return token
    }

    func add(_ event: String, _ handler: EventHandler) -> HandlerToken {
        let token = HandlerToken.next()
        change { $0.events.add(event, handler, token: token, isOnce: false) }
        return token
    }
}

extension EventHandler {
    fileprivate static func reason(_ handler: @escaping @Sendable (Socket, DisconnectReason) -> Void) -> EventHandler {
        .sync { event in
            guard let reason = event.string(at: 0).flatMap(DisconnectReason.init(rawValue:)) else { return }
            handler(event.socket, reason)
        }
    }
}
