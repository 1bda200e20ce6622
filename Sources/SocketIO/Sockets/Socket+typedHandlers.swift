// Async handlers with decoded arguments, for up to five of them; more are within reach through `SocketEvent`.

extension Socket {
    /// Calls an async `handler` with the arguments decoded to its parameters' types, in a task on the socket's loop.
    @discardableResult
    public func on(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable () async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func on<Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable () async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with one argument.
    @discardableResult
    public func on<A: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with one argument; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with two arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with two arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with three arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with three arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with four arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with four arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with five arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }

    /// The same with five arguments; its result is the acknowledgement.
    @discardableResult
    public func on<
        A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument, Answer: EventAnswer
    >(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler))
    }
}
