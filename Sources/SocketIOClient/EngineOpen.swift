import Bytes
import JSON

/// What the server announced when it opened the session (Engine.IO protocol 4, "Handshake").
public struct EngineOpen: Sendable, Equatable {
    /// The session's id.
    public var id: String
    /// Whether the server offers an upgrade to WebSocket.
    public var offersWebSocket: Bool
    /// How often the server pings.
    public var pingInterval: Duration
    /// How long after that the server waits for an answer.
    public var pingTimeout: Duration
    /// How many bytes the server takes in one payload; 0 where it named no limit.
    public var maxPayload: Int

    /// Reads the content of an open packet; `nil` where a field is missing.
    init?(_ content: RawSpan) {
        guard let json = try? JSONParser.parse(content), let id = json["sid"]?.stringValue,
            let interval = json["pingInterval"]?.integerValue, let timeout = json["pingTimeout"]?.integerValue,
            interval >= 0, timeout >= 0
        else { return nil }
        self.id = id
        offersWebSocket = json["upgrades"]?.arrayValue?.contains("websocket") ?? false
        pingInterval = .milliseconds(interval)
        pingTimeout = .milliseconds(timeout)
        maxPayload = max(json["maxPayload"]?.integerValue ?? 0, 0)
    }
}
