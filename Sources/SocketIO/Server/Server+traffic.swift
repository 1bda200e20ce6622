import Metrics

/// How much a server has passed since it was made.
public struct Traffic: Sendable, Equatable {
    /// Events that clients sent.
    public var received = 0
    /// Events and acknowledgements that clients were sent, once for each client.
    public var sent = 0
}

extension Server {
    /// How much this server has passed, on all loops. From any thread.
    public var traffic: Traffic {
        var traffic = Traffic()
        for state in loopStates {
            traffic.received += state.received.value
            traffic.sent += state.sent.value
        }
        return traffic
    }
}
