// Handlers with decoded arguments that all sockets of `/` share, as on `Namespace`: async ones for up to five arguments.

extension Server {
    /// Calls `handler` with the socket and the event's arguments decoded to its parameters' types; see `Namespace.on`.
    @discardableResult
    public func on<First: EventArgument, each Argument: EventArgument>(
        _ event: String, _ handler: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func on<First: EventArgument, each Argument: EventArgument, Answer: EventAnswer>(
        _ event: String, _ handler: @escaping @Sendable (Socket, First, repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// Calls an async `handler` with the socket and the decoded argument, in a task on the socket's loop.
    @discardableResult
    public func on<A: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A) async throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with two arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with two arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B) async throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with three arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with three arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C) async throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with four arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with four arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D) async throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with five arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D, E) async throws -> Void
    ) -> HandlerToken {
        sockets.on(event, handler)
    }

    /// The same with five arguments; its result is the acknowledgement.
    @discardableResult
    public func on<
        A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument, Answer: EventAnswer
    >(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D, E) async throws -> Answer
    ) -> HandlerToken {
        sockets.on(event, handler)
    }
}
