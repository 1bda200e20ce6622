public import JSON

// The server stands for its namespace `/`.

extension Server {
    /// Calls `handler` with each socket that has connected to `/`; see `Namespace.onConnection`.
    @discardableResult
    public func onConnection(_ handler: @escaping @Sendable (Socket) throws -> Void) -> HandlerToken {
        sockets.onConnection(handler)
    }

    /// The same with an async handler; see `Namespace.onConnection`.
    @discardableResult
    public func onConnection(
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void
    ) -> HandlerToken {
        sockets.onConnection(handler)
    }

    /// `io.on("connection") { socket in ... }`; see `Namespace.on`.
    @discardableResult
    public func on(_ event: String, _ handler: @escaping @Sendable (Socket) throws -> Void) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with an async handler.
    @discardableResult
    public func on(
        _ event: String, _ handler: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// A handler that all sockets of `/` share; see `Namespace.on`.
    @discardableResult
    public func on(
        _ event: String, _ handler: @escaping @Sendable (Socket, SocketEvent) throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with an async handler.
    @discardableResult
    public func on(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, SocketEvent) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// Calls `handler` when a socket of `/` is disconnected and has left its rooms.
    @discardableResult
    public func onDisconnect(_ handler: @escaping @Sendable (Socket, DisconnectReason) -> Void) -> HandlerToken {
        sockets.onDisconnect(handler)
    }

    /// Calls `handler` when a socket of `/` is about to be disconnected: its rooms can still be read.
    @discardableResult
    public func onDisconnecting(_ handler: @escaping @Sendable (Socket, DisconnectReason) -> Void) -> HandlerToken {
        sockets.onDisconnecting(handler)
    }

    /// Calls `observer` when rooms of `/` come, go, or change their members; see `Namespace.onRoomEvent`.
    public func onRoomEvent(_ observer: @escaping @Sendable (RoomEvent) -> Void) { sockets.onRoomEvent(observer) }

    /// Takes one handler of `/` away.
    public func off(_ token: HandlerToken) { sockets.off(token) }

    /// Takes all handlers of an event away that the sockets of `/` share.
    public func off(_ event: String) { sockets.off(event) }

    /// A middleware of `/`; see `Namespace.use`.
    public func use(_ middleware: @escaping @Sendable (Socket) throws -> Void) { sockets.use(middleware) }

    /// An async middleware of `/`; see `Namespace.use`.
    public func use(_ middleware: nonisolated(nonsending) @escaping @Sendable (Socket) async throws -> Void) {
        sockets.use(middleware)
    }

    /// Sends an event to everyone in `/`; see `Socket.emit` for what arguments may be.
    public func emit<each Argument: Encodable>(_ event: String, _ arguments: repeat each Argument) {
        sockets.emit(event, repeat each arguments)
    }

    /// Sends an event with JSON values, which may be written as literals: `emit("moved", ["x": 1, "by": "ann"])`.
    public func emit(_ event: String, _ first: JSONValue, _ more: JSONValue...) {
        sockets.everyone.send(event, [first] + more)
    }

    /// Sends an event with arguments that are passed on: their bytes are copied and nothing is parsed.
    public func emit(_ event: String, _ arguments: EventArguments) { sockets.emit(event, arguments) }

    /// Sends everyone in `/` an event and gives all answers; see `BroadcastOperator.emitWithAck`.
    public func emitWithAck<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument, timeout: Duration? = nil
    ) async throws -> [EventArguments] {
        try await sockets.emitWithAck(event, repeat each arguments, timeout: timeout)
    }

    /// The same with a closure, which is called once on any thread.
    public func emit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument,
        acknowledged: @escaping @Sendable (Result<[EventArguments], any Error>) -> Void
    ) {
        sockets.emit(event, repeat each arguments, acknowledged: acknowledged)
    }

    /// Sends the event `message` to everyone in `/`.
    public func send<each Argument: Encodable>(_ arguments: repeat each Argument) {
        sockets.send(repeat each arguments)
    }

    /// Clients of `/` in any of the rooms, each once.
    public func to(_ rooms: String...) -> BroadcastOperator { sockets.to(RoomList(rooms)) }
    /// Clients of `/` in any of the rooms, each once.
    public func to(_ rooms: RoomList) -> BroadcastOperator { sockets.to(rooms) }
    /// The same with an array, a set or any other sequence; everyone in `/` where it has no elements.
    public func to(_ rooms: some Sequence<String>) -> BroadcastOperator { sockets.to(RoomList(rooms)) }
    /// The same as `to`.
    public func `in`(_ rooms: String...) -> BroadcastOperator { sockets.to(RoomList(rooms)) }
    /// The same as `to`.
    public func `in`(_ rooms: some Sequence<String>) -> BroadcastOperator { sockets.to(RoomList(rooms)) }
    /// Clients of `/` that are in none of the rooms.
    public func except(_ rooms: String...) -> BroadcastOperator { sockets.everyone.except(RoomList(rooms)) }
    /// The same with an array, a set or any other sequence.
    public func except(_ rooms: some Sequence<String>) -> BroadcastOperator { sockets.except(rooms) }
    /// Only clients of this server, where there are several.
    public var local: BroadcastOperator { sockets.local }
    /// May be dropped for clients to which it cannot be written at once.
    public var volatile: BroadcastOperator { sockets.volatile }
    /// Whether the event may be compressed, where transports do that.
    public func compress(_ mayCompress: Bool) -> BroadcastOperator { sockets.compress(mayCompress) }
    /// How long acknowledgements are awaited.
    public func timeout(_ timeout: Duration) -> BroadcastOperator { sockets.timeout(timeout) }

    /// What is known of all sockets of `/`.
    public func fetchSockets() async throws -> [RemoteSocket] { try await sockets.fetchSockets() }
    /// The ids of all sockets of `/`.
    public func allSockets() async throws -> Set<String> { try await sockets.allSockets() }
    /// Makes everyone in `/` join rooms.
    public func socketsJoin(_ rooms: String...) { sockets.adapter.addSockets(BroadcastTarget(), to: RoomList(rooms)) }
    /// Makes everyone in `/` join the rooms of an array or any other sequence.
    public func socketsJoin(_ rooms: some Sequence<String>) { sockets.socketsJoin(rooms) }
    /// Makes everyone in `/` leave rooms.
    public func socketsLeave(_ rooms: String...) {
        sockets.adapter.removeSockets(BroadcastTarget(), from: RoomList(rooms))
    }
    /// Makes everyone in `/` leave the rooms of an array or any other sequence.
    public func socketsLeave(_ rooms: some Sequence<String>) { sockets.socketsLeave(rooms) }
    /// Disconnects everyone from `/`, or closes their whole connections.
    public func disconnectSockets(close: Bool = false) { sockets.disconnectSockets(close: close) }
    /// Events of `/` to be sent in one order; see `EventBatch`.
    public func makeBatch() -> EventBatch { sockets.makeBatch() }
    /// Sends an event to the other servers of a cluster; see `Namespace.serverSideEmit`.
    @discardableResult
    public func serverSideEmit<each Argument: Encodable>(
        _ event: String, _ arguments: repeat each Argument
    ) async throws -> [EventArguments] {
        try await sockets.serverSideEmit(event, repeat each arguments)
    }

    /// Calls `handler` for events that another server sent with `serverSideEmit`.
    public func onServerSide(_ event: String, _ handler: @escaping @Sendable (EventArguments) -> Void) {
        sockets.onServerSide(event, handler)
    }
}
