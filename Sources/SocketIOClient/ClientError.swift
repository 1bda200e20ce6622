public import HTTPWire
public import JSON
public import Network
public import TLS
public import WebSocketWire

/// Why a connection, or what was asked of it, failed.
public enum ClientError: Error, Equatable, Sendable {
    /// The address of the server cannot be read.
    case invalidURL(String)
    /// A header with a line end or another character that cannot be sent.
    case invalidHeader(String)
    /// The system refused, or the connection was lost.
    case network(NetworkError)
    /// The server is not who it should be, or encryption failed.
    case tls(TLSError)
    /// An answer of the server is not HTTP.
    case http(HTTPError)
    /// The server refused a request of Engine.IO; `message` is the answer's body.
    case refused(status: Int, message: String)
    /// The server did not agree to a WebSocket.
    case webSocketRefused(WebSocketClientHandshakeError)
    /// The server's frames broke RFC 6455.
    case webSocket(WebSocketError)
    /// The server sent what a server of Engine.IO 4 or Socket.IO 5 does not send.
    case protocolViolation(String)
    /// No heartbeat within the time that the server announced.
    case pingTimeout
    /// The server closed.
    case closedByServer(WebSocketCloseCode?)
    /// This side closed.
    case closedByClient
    /// The connection or the acknowledgement did not come in time.
    case timeout
    /// The server refused the namespace (`connect_error`).
    case namespaceRefused(message: String, data: JSONValue?)
    /// The server ended the namespace.
    case disconnectedByServer
    /// More waits to be sent than the options allow.
    case bufferFull
}

extension ClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .invalidURL(let text): "“\(text)” is no address of a server; write it as http://host:port or https://host."
        case .invalidHeader(let name): "The header “\(name)” cannot be sent; remove line ends and control characters."
        case .network(let error): error.description
        case .tls(let error): error.description
        case .http(let error): "The server's answer is not HTTP (\(error.message)); check the address."
        case .refused(let status, let message): "The server refused the connection with status \(status): \(message)"
        case .webSocketRefused: "The server does not open a WebSocket; check the address, or connect by polling."
        case .webSocket(let error): "The server broke the WebSocket protocol: \(error.reason)"
        case .protocolViolation(let what): "The server broke the Socket.IO protocol: \(what)"
        case .pingTimeout: "The server was silent for too long; connect again."
        case .closedByServer: "The server closed the connection; connect again."
        case .closedByClient: "The connection is closed; connect first."
        case .timeout: "The server did not answer in time; try again."
        case .namespaceRefused(let message, _): "The server refused the namespace: \(message)"
        case .disconnectedByServer: "The server ended the session; connect again."
        case .bufferFull: "Too much waits to be sent; wait until the connection is back."
        }
    }
}
