// `once` with decoded arguments; see `on`. An event whose arguments cannot be decoded counts: the handler is gone.

extension Socket {
    /// Calls `handler` with the decoded arguments of the next event of this name only.
    @discardableResult
    public func once<each Argument: EventArgument>(
        _ event: String, _ handler: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken {
        add(event, .typed(handler), isOnce: true)
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func once<each Argument: EventArgument, Answer: EventAnswer>(
        _ event: String, _ handler: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        add(event, .typed(handler), isOnce: true)
    }

    /// Calls an async `handler` for the next event of this name only, in a task on the socket's loop.
    @discardableResult
    public func once(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable () async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func once<Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable () async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with one argument.
    @discardableResult
    public func once<A: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with one argument; its result is the acknowledgement.
    @discardableResult
    public func once<A: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with two arguments.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with two arguments; its result is the acknowledgement.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with three arguments.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, C: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with three arguments; its result is the acknowledgement.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, C: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with four arguments.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with four arguments; its result is the acknowledgement.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with five arguments.
    @discardableResult
    public func once<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Void
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }

    /// The same with five arguments; its result is the acknowledgement.
    @discardableResult
    public func once<
        A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument, Answer: EventAnswer
    >(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (A, B, C, D, E) async throws -> Answer
    ) -> HandlerToken {
        add(event, .typedAsync(handler), isOnce: true)
    }
}
