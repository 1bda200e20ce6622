extension EngineGate {
    /// The field that goes with every polling answer, refusals included.
    public static let caching = (name: "cache-control", value: "no-store")

    /// The fields beside `caching` that a page of another origin needs (CORS: Fetch standard, 3.2).
    ///
    /// - Parameter request: the request that is answered; a preflight gets what its page may send, too.
    public func headers(for request: some EngineRequest) -> [(name: String, value: String)] {
        guard let origin = request.header("origin"), Self.isPlain(origin) else { return [] }
        var headers: [(name: String, value: String)] = []
        if options.origins == .any {
            headers.append(("access-control-allow-origin", "*"))
        } else {
            headers.append(("vary", "Origin"))
            guard allowsOrigin(of: request) else { return headers }
            headers.append(("access-control-allow-origin", origin))
            headers.append(("access-control-allow-credentials", "true"))
        }
        if request.method == "OPTIONS" { headers += preflightHeaders(for: request) }
        return headers
    }

    private func preflightHeaders(for request: some EngineRequest) -> [(name: String, value: String)] {
        var headers = [(name: "access-control-allow-methods", value: "GET, POST")]
        if let wanted = request.header("access-control-request-headers"), Self.isPlain(wanted) {
            headers.append(("access-control-allow-headers", wanted))
        }
        headers.append(("access-control-max-age", "600"))
        return headers
    }

    /// Whether a value from a request may stand in an answer: printable ASCII, not too long.
    private static func isPlain(_ value: String) -> Bool {
        value.utf8.count <= 1024 && value.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f }
    }
}

extension EngineOptions.Cookie {
    /// The value of the `Set-Cookie` field that goes with the answer to the request that opened the session.
    public func headerValue(sessionID: String) -> String {
        var value = "\(name)=\(sessionID); Path=\(path)"
        if isHTTPOnly { value += "; HttpOnly" }
        value += "; SameSite=\(sameSite)"
        if isSecure { value += "; Secure" }
        return value
    }

    /// Whether name and path can stand in a `Set-Cookie` field (RFC 6265 section 4.1.1).
    var isWellFormed: Bool {
        let separators = Array("()<>@,;:\\\"/[]?={} \t".utf8)
        let isToken = !name.isEmpty && name.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7f && !separators.contains($0) }
        let isPath = path.hasPrefix("/") && path.utf8.allSatisfy { $0 >= 0x20 && $0 < 0x7f && $0 != UInt8(ascii: ";") }
        return isToken && isPath && ["Lax", "Strict", "None"].contains(sameSite) && (sameSite != "None" || isSecure)
    }
}
