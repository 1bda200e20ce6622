import EventLoops

// Registering handlers. On the loop it takes effect at once; from elsewhere when the loop has come to it.

extension Socket {
    /// Calls `handler` for each event of this name, directly on the loop: it must not block.
    ///
    /// An error that it throws is the answer where it is an `AcknowledgedError`, and is reported otherwise.
    @discardableResult
    public func on(_ event: String, _ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        add(event, .sync(handler))
    }

    /// Calls an async `handler`, in a task on the loop; several may be under way at a time and end in any order.
    @discardableResult
    public func on(
        _ event: String, _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        add(event, .async(handler))
    }

    /// Calls `handler` with the event's arguments decoded to its parameters' types.
    ///
    /// Arguments that the client left out are decoded from `null`, so optionals are `nil`; more than there are
    /// parameters are left aside. Where one cannot be decoded the client hears an `EventArgumentError`, if it asked for
    /// an answer.
    @discardableResult
    public func on<each Argument: EventArgument>(
        _ event: String, _ handler: @escaping @Sendable (repeat each Argument) throws -> Void
    ) -> HandlerToken {
        add(event, .typed(handler))
    }

    /// Calls `handler` with decoded arguments; what it returns is the acknowledgement.
    @discardableResult
    public func on<each Argument: EventArgument, Answer: EventAnswer>(
        _ event: String, _ handler: @escaping @Sendable (repeat each Argument) throws -> Answer
    ) -> HandlerToken {
        add(event, .typed(handler))
    }

    /// Calls `handler` for the next event of this name only.
    @discardableResult
    public func once(_ event: String, _ handler: @escaping @Sendable (SocketEvent) throws -> Void) -> HandlerToken {
        add(event, .sync(handler), isOnce: true)
    }

    /// Calls an async `handler` for the next event of this name only.
    @discardableResult
    public func once(
        _ event: String, _ handler: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void
    ) -> HandlerToken {
        add(event, .async(handler), isOnce: true)
    }

    /// Takes one handler away.
    public func off(_ token: HandlerToken) {
        perform { $0.alterHandlers { $0.remove(token) } }
    }

    /// Takes all of an event's handlers away.
    public func off(_ event: String) {
        perform { $0.alterHandlers { $0.remove(named: event) } }
    }

    /// Calls `handler` when the socket is disconnected and has left its rooms.
    @discardableResult
    public func onDisconnect(_ handler: @escaping @Sendable (DisconnectReason) -> Void) -> HandlerToken {
        add("disconnect", .reason(handler))
    }

    /// Calls `handler` when the socket is about to be disconnected: its rooms can still be read.
    @discardableResult
    public func onDisconnecting(_ handler: @escaping @Sendable (DisconnectReason) -> Void) -> HandlerToken {
        add("disconnecting", .reason(handler))
    }

    func add(_ event: String, _ handler: EventHandler, isOnce: Bool = false) -> HandlerToken {
        let token = HandlerToken.next()
        if isOnLoop {
            keep(event, handler, token, isOnce)
        } else {
            shard.loop.execute { self.keep(event, handler, token, isOnce) }
        }
        return token
    }

    private func keep(_ event: String, _ handler: EventHandler, _ token: HandlerToken, _ isOnce: Bool) {
        guard state != .disconnected else { return }
        alterHandlers { $0.add(event, handler, token: token, isOnce: isOnce) }
    }
}

extension EventHandler {
    static func reason(_ handler: @escaping @Sendable (DisconnectReason) -> Void) -> EventHandler {
        .sync { event in
            guard let reason = event.string(at: 0).flatMap(DisconnectReason.init(rawValue:)) else { return }
            handler(reason)
        }
    }
}
