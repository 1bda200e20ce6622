import Bytes

/// The opening handshake (RFC 6455 section 4): plain values in, plain values out.
public enum WebSocketHandshake {
    /// The version of the protocol (section 4.1).
    public static let version = "13"

    /// What of an HTTP request matters; each header with all its values, one for each line.
    public struct Request: Sendable {
        public var method: String
        /// Whether the request is HTTP/1.1 or a later minor version.
        public var isHTTP11: Bool
        public var upgrade: [String]
        public var connection: [String]
        public var version: [String]
        public var key: [String]
        public var extensions: [String]
        public var protocols: [String]

        public init(
            method: String, isHTTP11: Bool, upgrade: [String], connection: [String], version: [String], key: [String],
            extensions: [String] = [], protocols: [String] = []
        ) {
            self.method = method
            self.isHTTP11 = isHTTP11
            self.upgrade = upgrade
            self.connection = connection
            self.version = version
            self.key = key
            self.extensions = extensions
            self.protocols = protocols
        }
    }

    /// What to answer with 101 (Switching Protocols).
    public struct Acceptance: Sendable, Equatable {
        /// The value of `Sec-WebSocket-Accept`.
        public var acceptKey: String
        /// The compression agreed on, for the decoder and the compressor.
        public var deflate: PerMessageDeflate.Agreement?
        /// The value of `Sec-WebSocket-Extensions`, if any.
        public var extensions: String?
        /// The value of `Sec-WebSocket-Protocol`, if any.
        public var subprotocol: String?

        /// The response's headers, in the order in which they are best sent.
        public var headers: [(name: String, value: String)] {
            var headers = [("Upgrade", "websocket"), ("Connection", "Upgrade"), ("Sec-WebSocket-Accept", acceptKey)]
            if let extensions { headers.append(("Sec-WebSocket-Extensions", extensions)) }
            if let subprotocol { headers.append(("Sec-WebSocket-Protocol", subprotocol)) }
            return headers.map { (name: $0.0, value: $0.1) }
        }
    }

    /// Whether a request asks for a WebSocket at all (it may still be refused).
    public static func isUpgrade(upgrade: [String], connection: [String]) -> Bool {
        contains(upgrade, "websocket") && contains(connection, "upgrade")
    }

    /// Checks a client's request (section 4.2.1).
    ///
    /// - Parameters:
    ///   - deflate: what to agree on where the client offers permessage-deflate; `nil` declines it.
    ///   - subprotocols: what the server speaks; the first of the client's list that is among them is chosen.
    public static func accept(
        _ request: Request, deflate: PerMessageDeflate.Options? = nil, subprotocols: [String] = []
    ) throws(WebSocketHandshakeError) -> Acceptance {
        guard request.method == "GET" else { throw .methodNotGet }
        guard request.isHTTP11 else { throw .versionOfHTTP }
        guard contains(request.upgrade, "websocket") else { throw .upgradeMissing }
        guard contains(request.connection, "upgrade") else { throw .connectionMissing }
        guard request.version.count == 1, request.version[0] == version else { throw .versionUnsupported }
        guard request.key.count == 1, let decoded = Base64.standard.decode(request.key[0]), decoded.count == 16 else {
            throw .keyInvalid
        }
        guard let offers = WebSocketExtension.parse(request.extensions) else { throw .extensionsInvalid }
        guard let wanted = tokens(request.protocols) else { throw .protocolsInvalid }
        var acceptance = Acceptance(acceptKey: acceptKey(for: request.key[0]))
        if let deflate, let answer = PerMessageDeflate.answer(offers, options: deflate) {
            acceptance.deflate = answer.agreement
            acceptance.extensions = answer.response.text
        }
        acceptance.subprotocol = wanted.first { subprotocols.contains($0) }
        return acceptance
    }

    /// The answer that proves that the key was read (section 4.2.2).
    public static func acceptKey(for key: String) -> String {
        Base64.standard.encode(SHA1.digest(Array("\(key)258EAFA5-E914-47DA-95CA-C5AB0DC85B11".utf8)))
    }

    /// The tokens of a header's values, which count as one list; `nil` where they break the grammar.
    static func tokens(_ values: [String]) -> [String]? {
        var tokens: [String] = []
        for value in values {
            var scanner = HeaderScanner(value)
            while true {
                scanner.skipSpace()
                if scanner.isAtEnd { break }
                if scanner.skip(UInt8(ascii: ",")) { continue }
                guard let token = scanner.readToken() else { return nil }
                tokens.append(token)
                scanner.skipSpace()
                guard scanner.isAtEnd || scanner.skip(UInt8(ascii: ",")) else { return nil }
            }
        }
        return tokens
    }

    /// Whether a list has the token, in any case; `token` is in lower case. An element that is no token, such as
    /// `h2c/1`, is skipped.
    static func contains(_ values: [String], _ token: String) -> Bool {
        values.contains { value in
            value.utf8.split(separator: UInt8(ascii: ",")).contains { element in
                trimmed(element).elementsEqual(token.utf8) { lower($0) == $1 }
            }
        }
    }

    private static func trimmed(_ element: Substring.UTF8View) -> Substring.UTF8View {
        var rest = element
        while let first = rest.first, first == 0x20 || first == 0x09 { rest.removeFirst() }
        while let last = rest.last, last == 0x20 || last == 0x09 { rest.removeLast() }
        return rest
    }

    private static func lower(_ byte: UInt8) -> UInt8 { (0x41...0x5a).contains(byte) ? byte | 0x20 : byte }
}
