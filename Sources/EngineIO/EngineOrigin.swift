/// A web origin (RFC 6454): scheme, host and port, each compared exactly once in one form.
struct EngineOrigin: Equatable, Sendable {
    let scheme: String
    let host: String
    let port: Int

    /// Reads `https://chat.example:8443`; a trailing slash is allowed, a path is not. `nil` for anything else, `null`
    /// included.
    init?(_ text: String) {
        guard let (scheme, rest) = Self.splitScheme(text) else { return nil }
        self.init(scheme: scheme, authority: String(rest))
    }

    /// The origin of the page at an absolute URL.
    init?(ofPage url: String) {
        guard let (scheme, rest) = Self.splitScheme(url) else { return nil }
        self.init(scheme: scheme, authority: String(rest.prefix { $0 != "/" && $0 != "?" && $0 != "#" }))
    }

    init?(scheme: String, authority: String) {
        let scheme = scheme.lowercased()
        guard scheme == "http" || scheme == "https" else { return nil }
        let authority = authority.hasSuffix("/") ? String(authority.dropLast()) : authority
        guard let (host, port) = Self.split(authority), !host.isEmpty else { return nil }
        guard !host.utf8.contains(where: { $0 <= 0x20 || $0 >= 0x7f || $0 == 0x2f || $0 == 0x40 || $0 == 0x3f }) else {
            return nil
        }
        self.scheme = scheme
        self.host = host.lowercased()
        self.port = port ?? (scheme == "https" ? 443 : 80)
    }

    private static func splitScheme(_ url: String) -> (scheme: String, rest: Substring)? {
        guard let colon = url.firstIndex(of: ":"), url[colon...].hasPrefix("://") else { return nil }
        return (String(url[..<colon]), url[colon...].dropFirst(3))
    }

    /// Takes host and port apart; an IPv6 address stands in brackets.
    private static func split(_ authority: String) -> (host: String, port: Int?)? {
        let afterBracket = authority.lastIndex(of: "]").map { authority.index(after: $0) } ?? authority.startIndex
        guard let colon = authority[afterBracket...].firstIndex(of: ":") else { return (authority, nil) }
        let digits = authority[authority.index(after: colon)...]
        guard digits.utf8.count <= 5, digits.utf8.allSatisfy({ $0 &- 0x30 < 10 }), let port = Int(digits), port < 65536
        else { return nil }
        return (String(authority[..<colon]), port)
    }
}

extension EngineGate {
    /// Whether the page that asks may connect. A request without an origin comes from a program, not from a page.
    func allowsOrigin(of request: some EngineRequest) -> Bool {
        if options.origins == .any { return true }
        if let origin = request.header("origin") {
            // A browser sends one. Of two, whoever stands between may have read the other.
            return !request.hasRepeated("origin") && allows(EngineOrigin(origin), on: request)
        }
        guard request.jsonp != nil else { return true }
        // A script element sends no `Origin`, and would hand the session, opened with the reader's cookies, to the
        // page.
        switch request.header("sec-fetch-site") {
        case nil, "same-origin", "none": break
        default: return false
        }
        guard let page = request.header("referer") else { return true }
        return allows(EngineOrigin(ofPage: page), on: request)
    }

    private func allows(_ origin: EngineOrigin?, on request: some EngineRequest) -> Bool {
        guard let origin else { return false }
        if listedOrigins.contains(origin) { return true }
        guard let host = request.header("host") else { return false }
        return origin == EngineOrigin(scheme: request.isSecure ? "https" : "http", authority: host)
    }
}
