import Bytes

/// A client's side of the opening handshake (RFC 6455 section 4.1).
public struct WebSocketClientHandshake: Sendable {
    private let key: String
    private let deflate: PerMessageDeflate.Options?
    private let subprotocols: [String]

    /// - Parameter nonce: 16 random bytes.
    public init(nonce: [UInt8], deflate: PerMessageDeflate.Options? = nil, subprotocols: [String] = []) {
        precondition(nonce.count == 16, "a handshake's nonce has 16 bytes")
        key = Base64.standard.encode(nonce)
        self.deflate = deflate
        self.subprotocols = subprotocols
    }

    /// The request's headers beside `Host`.
    public var headers: [(name: String, value: String)] {
        var headers = [
            ("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Key", key),
            ("Sec-WebSocket-Version", WebSocketHandshake.version),
        ]
        if let deflate { headers.append(("Sec-WebSocket-Extensions", PerMessageDeflate.offer(deflate).text)) }
        if !subprotocols.isEmpty {
            headers.append(("Sec-WebSocket-Protocol", subprotocols.joined(separator: ", ")))
        }
        return headers.map { (name: $0.0, value: $0.1) }
    }

    /// What of an HTTP response matters; each header with all its values.
    public struct Response: Sendable {
        public var status: Int
        public var upgrade: [String]
        public var connection: [String]
        public var accept: [String]
        public var extensions: [String]
        public var protocols: [String]

        public init(
            status: Int, upgrade: [String], connection: [String], accept: [String], extensions: [String] = [],
            protocols: [String] = []
        ) {
            self.status = status
            self.upgrade = upgrade
            self.connection = connection
            self.accept = accept
            self.extensions = extensions
            self.protocols = protocols
        }
    }

    /// What was agreed on.
    public struct Outcome: Sendable, Equatable {
        public var deflate: PerMessageDeflate.Agreement?
        public var subprotocol: String?
    }

    /// Checks the server's response.
    public func finish(_ response: Response) throws(WebSocketClientHandshakeError) -> Outcome {
        guard response.status == 101 else { throw .status(response.status) }
        guard WebSocketHandshake.isUpgrade(upgrade: response.upgrade, connection: response.connection) else {
            throw .notUpgraded
        }
        guard response.accept == [WebSocketHandshake.acceptKey(for: key)] else { throw .wrongAcceptKey }
        guard let granted = WebSocketExtension.parse(response.extensions), granted.count <= 1 else {
            throw .unexpectedExtension
        }
        var outcome = Outcome()
        if let element = granted.first {
            guard let deflate, let agreement = PerMessageDeflate.agreement(in: element, options: deflate) else {
                throw .unexpectedExtension
            }
            outcome.deflate = agreement
        }
        if let chosen = response.protocols.first {
            guard response.protocols.count == 1, subprotocols.contains(chosen) else { throw .unexpectedSubprotocol }
            outcome.subprotocol = chosen
        }
        return outcome
    }
}

/// Why a server's response opens no WebSocket.
public enum WebSocketClientHandshakeError: Error, Equatable, Sendable {
    /// Not 101.
    case status(Int)
    case notUpgraded
    case wrongAcceptKey
    case unexpectedExtension
    case unexpectedSubprotocol
}
