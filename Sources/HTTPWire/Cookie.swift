/// Cookies of a request and of a response (RFC 6265).
public struct Cookie: Sendable, Equatable {
    public let name: String
    public let value: String

    /// Reads a `Cookie` field (section 4.2.1). Pairs that are malformed are passed over, as other servers do: a browser
    /// sends along what any page of the site has set. At most `maximumCount` pairs are read.
    public static func parse(_ field: String, maximumCount: Int = 100) -> [Cookie] {
        var cookies: [Cookie] = []
        for pair in field.pieces(between: .semicolon).prefix(maximumCount) {
            guard let middle = pair.utf8.firstIndex(of: .equals) else { continue }
            let name = pair[..<middle].trimmingBlanks
            var value = pair[pair.utf8.index(after: middle)...].trimmingBlanks
            if value.utf8.count >= 2, value.utf8.first == .quote, value.utf8.last == .quote {
                value = value.dropFirst().dropLast()
            }
            guard name.isToken, value.utf8.allSatisfy(ASCIISet.cookie.contains) else { continue }
            cookies.append(Cookie(name: String(name), value: String(value)))
        }
        return cookies
    }
}

/// One `Set-Cookie` field (RFC 6265 section 4.1). The defaults are the safe ones: HttpOnly, SameSite=Lax, path `/`.
public struct SetCookie: Sendable, Equatable {
    /// With which requests of other sites the cookie is sent (RFC 6265bis section 5.5).
    public enum SameSite: String, Sendable {
        case lax = "Lax"
        case strict = "Strict"
        /// Browsers take this only together with `isSecure`.
        case none = "None"
    }

    public var name: String
    public var value: String
    public var path: String? = "/"
    public var domain: String?
    /// Seconds to keep the cookie; `nil` until the browser closes, 0 to delete it.
    public var maxAge: Int?
    /// Whether it goes over encrypted connections only.
    public var isSecure = false
    /// Whether scripts of the page do not see it.
    public var isHTTPOnly = true
    public var sameSite: SameSite? = .lax

    /// A cookie for the session of the browser, for every path.
    public init(_ name: String, _ value: String) {
        self.name = name
        self.value = value
    }

    /// The field's value, or `nil` where the name is no token, or the value, path or domain holds a character with which
    /// it could add attributes or fields of its own.
    public var field: String? {
        guard name.isToken, value.utf8.allSatisfy(ASCIISet.cookie.contains) else { return nil }
        var field = "\(name)=\(value)"
        if let path {
            guard path.utf8.first == .slash, Self.isAttribute(path) else { return nil }
            field += "; Path=\(path)"
        }
        if let domain {
            guard HostField.isValid(domain), !domain.contains(":") else { return nil }
            field += "; Domain=\(domain)"
        }
        if let maxAge { field += "; Max-Age=\(max(0, maxAge))" }
        if isHTTPOnly { field += "; HttpOnly" }
        if isSecure { field += "; Secure" }
        if let sameSite { field += "; SameSite=\(sameSite.rawValue)" }
        return field
    }

    /// `av-octet` (section 4.1.1): visible ASCII and spaces without a semicolon.
    private static func isAttribute(_ text: String) -> Bool {
        text.utf8.allSatisfy { $0 >= .space && $0 < 0x7f && $0 != .semicolon }
    }
}
