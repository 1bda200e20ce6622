// Catch-all handlers and middlewares.

extension Socket {
    /// Like `perform`, but not for a socket that has been disconnected: a closure kept there could hold it for ever.
    private func alter(_ work: @escaping @Sendable (Socket) -> Void) {
        perform { socket in
            if socket.state != .disconnected { work(socket) }
        }
    }

    /// Calls `handler` for every event of the client, before the handlers of its name.
    @discardableResult
    public func onAny(_ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.incoming.append(.sync(handler), token: token) }
        return token
    }

    /// Calls an async `handler` for every event of the client, in a task on the socket's loop; the handlers of the
    /// event's name do not wait for it. What it throws is treated as in `on`.
    @discardableResult
    public func onAny(
        _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.incoming.append(.async(handler), token: token) }
        return token
    }

    /// The same, before the other catch-all handlers.
    @discardableResult
    public func prependAny(_ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.incoming.prepend(.sync(handler), token: token) }
        return token
    }

    /// The same, before the other catch-all handlers.
    @discardableResult
    public func prependAny(
        _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.incoming.prepend(.async(handler), token: token) }
        return token
    }

    /// Takes away one catch-all handler, or all of them.
    public func offAny(_ token: HandlerToken? = nil) {
        perform { $0.extras?.incoming.remove(token) }
    }

    /// Calls `handler` for every event that is sent to the client, broadcasts included; acknowledgements are none.
    @discardableResult
    public func onAnyOutgoing(_ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.outgoing.append(.sync(handler), token: token) }
        return token
    }

    /// Calls an async `handler` for every event that is sent to the client, in a task on the socket's loop; the sending
    /// does not wait for it.
    @discardableResult
    public func onAnyOutgoing(
        _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.outgoing.append(.async(handler), token: token) }
        return token
    }

    /// The same, before the others of this kind.
    @discardableResult
    public func prependAnyOutgoing(_ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.outgoing.prepend(.sync(handler), token: token) }
        return token
    }

    /// The same, before the others of this kind.
    @discardableResult
    public func prependAnyOutgoing(
        _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.outgoing.prepend(.async(handler), token: token) }
        return token
    }

    /// Takes away one such handler, or all of them.
    public func offAnyOutgoing(_ token: HandlerToken? = nil) {
        perform { $0.extras?.outgoing.remove(token) }
    }

    /// Runs `middleware` for every event before its handlers; an event on which it throws goes no further, and the
    /// error to `onError`. The place for rate limits and for rights.
    public func use(_ middleware: @escaping @Sendable (SocketEvent) throws -> Void) {
        alter { $0.madeExtras.middlewares.append(.sync(middleware)) }
    }

    /// Runs an async `middleware`. While it waits, later events may pass it.
    public func use(_ middleware: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void) {
        alter { $0.madeExtras.middlewares.append(.async(middleware)) }
    }

    /// Calls `handler` with what a middleware of this socket threw. Without one, such errors are reported.
    @discardableResult
    public func onError(_ handler: @escaping @Sendable (any Error) -> Void) -> HandlerToken {
        let token = HandlerToken.next()
        alter { $0.madeExtras.errorHandlers.append((token, handler)) }
        return token
    }
}

/// Judges an event: returns, or throws.
typealias SocketMiddleware = EventHandler
