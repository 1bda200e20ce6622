import EngineIO
import EventLoops
import Logging
import Metrics

// The way of an event that came in, on the loop.

extension Socket {
    /// Passes an event to catch-all handlers, middlewares and handlers.
    func receive(_ event: SocketEvent) {
        shard.state.received.add()
        if let extras {
            for entry in extras.incoming.entries { run(entry.handler, event) }
            if !extras.middlewares.isEmpty { return pass(event, through: extras.middlewares[...]) }
        }
        fire(event)
    }

    /// Runs middlewares one after the other; from the first async one on, in a task.
    private func pass(_ event: SocketEvent, through middlewares: ArraySlice<SocketMiddleware>) {
        var rest = middlewares
        while let next = rest.first {
            rest = rest.dropFirst()
            switch next {
            case .sync(let judge):
                do { try judge(event) } catch { return refuse(event, error) }
            case .async(let judge):
                return pass(event, throughAsync: judge, then: rest)
            }
        }
        if state == .connected { fire(event) }
    }

    private func pass(
        _ event: SocketEvent,
        throughAsync judge: nonisolated(nonsending) @escaping @Sendable (SocketEvent) async throws -> Void,
        then rest: ArraySlice<SocketMiddleware>
    ) {
        guard begin(event) else { return }
        shard.loop.start {
            do {
                try await judge(event)
                self.shard.loop.perform {
                    self.end(event)
                    self.pass(event, through: rest)
                }
            } catch {
                self.shard.loop.perform {
                    self.end(event)
                    self.refuse(event, error)
                }
            }
        }
    }

    private func refuse(_ event: SocketEvent, _ error: any Error) {
        let listeners = extras?.errorHandlers ?? []
        for listener in listeners { listener.handler(error) }
        if listeners.isEmpty { failed(error, event) }
    }

    /// Calls the handlers of the event's name: the socket's own, then those that the namespace's sockets share.
    func fire(_ event: SocketEvent) {
        let storage = event.storage
        for entry in handlers.entries where storage.isNamed(entry.name, hash: entry.hash) {
            if entry.isOnce { alterHandlers { $0.remove(entry.token) } }
            run(entry.handler, event)
        }
        for entry in shard.shared.events.entries where storage.isNamed(entry.name, hash: entry.hash) {
            run(entry.handler, event)
        }
    }

    func run(_ handler: EventHandler, _ event: SocketEvent) {
        switch handler {
        case .sync(let body):
            do { try body(event) } catch { failed(error, event) }
        case .async(let body):
            guard begin(event) else { return }
            shard.loop.start {
                do { try await body(event) } catch { self.failed(error, event) }
                self.shard.loop.perform { self.end(event) }
            }
        }
    }

    /// Counts an async body that starts; past the bounds the connection is closed instead.
    private func begin(_ event: SocketEvent) -> Bool {
        let extras = madeExtras
        guard extras.unfinished < namespace.context.options.maxUnfinishedEvents else {
            cut("too many of its events are unfinished")
            return false
        }
        guard connection.keep(byteCount: event.storage.byteCount) else {
            cut("the server has too many unfinished events")
            return false
        }
        extras.unfinished += 1
        return true
    }

    private func cut(_ reason: String) {
        namespace.context.logger.warning(
            "A client was cut because \(reason)", ["socket": "\(id)"], source: connection.handshake.address)
        connection.close(.forcedServerClose)
    }

    private func end(_ event: SocketEvent) {
        extras?.unfinished -= 1
        connection.forget(byteCount: event.storage.byteCount)
    }

    private func failed(_ error: any Error, _ event: SocketEvent) {
        if let answer = error as? any AcknowledgedError {
            event.acknowledge(answer.acknowledgement)
        } else {
            namespace.context.report(error, socket: self, event: event.name)
        }
    }

    /// Takes an answer of the client; one that nobody awaits is left aside.
    func receive(answer: EventArguments, id: UInt64) {
        extras?.acks.removeValue(forKey: id)?.complete(.success(answer))
    }

    /// Calls the handlers of one of the library's own events.
    func fire(_ name: String, _ reason: DisconnectReason) {
        guard handlers.contains(named: name) || shard.shared.events.contains(named: name) else { return }
        var content = EventContent()
        content.fill(name: name, reason: reason.rawValue)
        fire(SocketEvent(storage: EventStorage(content), socket: self))
    }
}
