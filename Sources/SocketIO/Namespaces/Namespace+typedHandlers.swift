// Async handlers with decoded arguments, for up to five of them; more are within reach through `SocketEvent`. Written
// out because the compiler cannot yet make closures of a parameter pack that stay on their caller's executor.

extension Namespace {
    /// Calls an async `handler` with the socket and the decoded arguments, in a task on the socket's loop.
    @discardableResult
    public func on<A: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A) async throws -> Void
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                try await handler(event.socket, a)
            })
    }

    /// The same; what `handler` returns is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A) async throws -> Answer
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                event.acknowledge(try await handler(event.socket, a))
            })
    }

    /// The same with two arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B) async throws -> Void
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                try await handler(event.socket, a, b)
            })
    }

    /// The same with two arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B) async throws -> Answer
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                event.acknowledge(try await handler(event.socket, a, b))
            })
    }

    /// The same with three arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C) async throws -> Void
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                try await handler(event.socket, a, b, c)
            })
    }

    /// The same with three arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C) async throws -> Answer
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                event.acknowledge(try await handler(event.socket, a, b, c))
            })
    }

    /// The same with four arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D) async throws -> Void
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                let d = try arguments.next(D.self)
                try await handler(event.socket, a, b, c, d)
            })
    }

    /// The same with four arguments; its result is the acknowledgement.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, Answer: EventAnswer>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D) async throws -> Answer
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                let d = try arguments.next(D.self)
                event.acknowledge(try await handler(event.socket, a, b, c, d))
            })
    }

    /// The same with five arguments.
    @discardableResult
    public func on<A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument>(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D, E) async throws -> Void
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                let d = try arguments.next(D.self)
                let e = try arguments.next(E.self)
                try await handler(event.socket, a, b, c, d, e)
            })
    }

    /// The same with five arguments; its result is the acknowledgement.
    @discardableResult
    public func on<
        A: EventArgument, B: EventArgument, C: EventArgument, D: EventArgument, E: EventArgument, Answer: EventAnswer
    >(
        _ event: String,
        _ handler: nonisolated(nonsending) @escaping @Sendable (Socket, A, B, C, D, E) async throws -> Answer
    ) -> HandlerToken {
        add(
            event,
            .async { event in
                var arguments = ArgumentReader(event: event)
                let a = try arguments.next(A.self)
                let b = try arguments.next(B.self)
                let c = try arguments.next(C.self)
                let d = try arguments.next(D.self)
                let e = try arguments.next(E.self)
                event.acknowledge(try await handler(event.socket, a, b, c, d, e))
            })
    }
}
