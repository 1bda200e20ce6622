import EngineIO

extension Socket {
    /// Disconnects the client from the namespace (it hears so, and does not come back by itself), or closes its whole
    /// connection with all namespaces. The reason is `serverNamespaceDisconnect`.
    public func disconnect(close: Bool = false) {
        perform { socket in
            guard socket.state != .disconnected, !socket.isEnding else { return }
            if close {
                socket.connection.disconnectAll()
            } else {
                socket.leaveByServer()
            }
        }
    }

    /// Tells the client that it is disconnected, and is.
    func leaveByServer() {
        if state == .connected { connection.send(.disconnect, namespace: namespace, payload: nil) }
        connection.remove(self)
        finish(.serverNamespaceDisconnect)
    }

    /// Takes the socket out of everything, once. The connection has forgotten it already, or is about to.
    func finish(_ reason: DisconnectReason) {
        // A handler of `disconnecting` may call for the end as well.
        guard state != .disconnected, !isEnding else { return }
        isEnding = true
        let wasConnected = state == .connected
        if wasConnected {
            fire("disconnecting", reason)
            namespace.adapter.socketEnds(self, reason: reason)
        }
        namespace.adapter.removeAll(self)
        if wasConnected { shard.remove(self) }
        state = .disconnected
        output = nil
        failAcks()
        if wasConnected { fire("disconnect", reason) }
        // Handlers often hold the socket.
        handlers = HandlerList()
        extras?.dropHandlers()
        namespace.release()
    }

    private func failAcks() {
        guard let extras, !extras.acks.isEmpty else { return }
        let waiters = extras.acks
        extras.acks = [:]
        for id in waiters.keys.sorted() { waiters[id]?.complete(.failure(.disconnected)) }
    }
}
