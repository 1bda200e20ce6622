public import HTTPWire

/// Where a client connects: `http://host:port/namespace?name=value`.
///
/// As in the official client, the path is the namespace; the path of Engine.IO is an option.
public struct ClientURL: Sendable, Equatable {
    /// A name or an address, without brackets.
    public var host: String
    public var port: UInt16
    /// Whether the connection is encrypted.
    public var isSecure: Bool
    /// Begins with `/`.
    public var namespace: String
    /// What every request of the connection carries beside the parameters of Engine.IO.
    public var query: QueryString

    /// An address from its parts.
    public init(
        host: String, port: UInt16, isSecure: Bool = false, namespace: String = "/", query: QueryString = QueryString()
    ) {
        self.host = host
        self.port = port
        self.isSecure = isSecure
        self.namespace = namespace
        self.query = query
    }

    /// Takes `http`, `https`, `ws` and `wss`; the port is 80 or 443 where there is none.
    public init(_ text: String) throws(ClientError) {
        let scheme = text.prefix { $0 != ":" }.lowercased()
        let isSecure = scheme == "https" || scheme == "wss"
        guard isSecure || scheme == "http" || scheme == "ws", text.dropFirst(scheme.count).hasPrefix("://") else {
            throw .invalidURL(text)
        }
        let rest = text.dropFirst(scheme.count + 3).prefix { $0 != "#" }
        let authority = rest.prefix { $0 != "/" && $0 != "?" }
        let path = rest.dropFirst(authority.count).prefix { $0 != "?" }
        let query = rest.dropFirst(authority.count + path.count + 1)
        guard let (host, port) = Self.hostAndPort(authority, isSecure ? 443 : 80),
            let parameters = try? QueryString(parsing: query)
        else {
            throw .invalidURL(text)
        }
        self.init(
            host: host, port: port, isSecure: isSecure, namespace: path.isEmpty ? "/" : String(path), query: parameters)
    }

    /// The value of the `Host` header.
    var authority: String {
        let name = host.contains(":") ? "[\(host)]" : host
        return port == (isSecure ? 443 : 80) ? name : "\(name):\(port)"
    }

    private static func hostAndPort(_ authority: Substring, _ usual: UInt16) -> (String, UInt16)? {
        let isAllowed: (Character) -> Bool = { $0.isASCII && ($0.isLetter || $0.isNumber || "-._~:[]%".contains($0)) }
        guard authority.allSatisfy(isAllowed) else { return nil }
        var host = authority
        var port: UInt16? = usual
        let afterBracket = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        if let colon = authority[afterBracket...].firstIndex(of: ":") {
            port = UInt16(authority[authority.index(after: colon)...])
            host = authority[..<colon]
        }
        if host.hasPrefix("["), host.hasSuffix("]") { host = host.dropFirst().dropLast() }
        guard let port, !host.isEmpty else { return nil }
        return (String(host), port)
    }
}
