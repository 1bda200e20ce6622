import EngineIO

/// Why a socket was disconnected; the raw value is the official server's text.
public enum DisconnectReason: String, Sendable, CaseIterable {
    /// The transport failed, or the client read too slowly and its queue passed the bound.
    case transportError = "transport error"
    /// The client's connection ended.
    case transportClose = "transport close"
    /// The engine closed the session for a reason of its own.
    case forcedClose = "forced close"
    /// No heartbeat within the time-out.
    case pingTimeout = "ping timeout"
    /// The client sent a packet that cannot be taken.
    case parseError = "parse error"
    /// The server stops.
    case serverShuttingDown = "server shutting down"
    /// This side closed the connection: a packet that was out of place, or no namespace joined in time.
    case forcedServerClose = "forced server close"
    /// The client left the namespace.
    case clientNamespaceDisconnect = "client namespace disconnect"
    /// `disconnect()` was called on this side.
    case serverNamespaceDisconnect = "server namespace disconnect"

    init(_ reason: EngineCloseReason) {
        switch reason {
        case .transportClose: self = .transportClose
        case .transportError, .bufferOverflow: self = .transportError
        case .pingTimeout: self = .pingTimeout
        case .parseError: self = .parseError
        case .serverClose: self = .forcedClose
        case .serverShuttingDown: self = .serverShuttingDown
        }
    }

    /// Whether connection state recovery may bring the client back: nobody meant the connection to end.
    public var isRecoverable: Bool {
        switch self {
        case .transportError, .transportClose, .forcedClose, .pingTimeout, .serverShuttingDown, .forcedServerClose: true
        case .parseError, .clientNamespaceDisconnect, .serverNamespaceDisconnect: false
        }
    }
}
