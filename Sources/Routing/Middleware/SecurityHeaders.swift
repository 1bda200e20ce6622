import HTTPWire

/// Adds the fields that confine a page: to every response those that say how it may be used, to pages the policy of what
/// they may load and do. A field that the handler has set is left as it is.
public struct SecurityHeaders: Middleware {
    /// The `Content-Security-Policy` of pages; default `pagePolicy`.
    public var contentSecurityPolicy = SecurityHeaders.pagePolicy
    /// The `Permissions-Policy` of pages.
    public var permissionsPolicy = "camera=(self), microphone=(self), display-capture=(self), geolocation=()"
    /// Seconds for which browsers shall come back over TLS only; sent over TLS only. Default: not sent.
    public var strictTransportSecurity: Int?

    /// Everything from the own origin, no inline script or style, no string that becomes code.
    public static let pagePolicy = [
        "default-src 'none'", "script-src 'self'", "style-src 'self'", "img-src 'self' blob: data:",
        "connect-src 'self'",
        "font-src 'self'", "media-src 'self' blob:", "worker-src 'self'", "manifest-src 'self'", "base-uri 'none'",
        "form-action 'self'", "frame-ancestors 'none'", "object-src 'none'", "require-trusted-types-for 'script'",
        "trusted-types default",
    ].joined(separator: "; ")

    /// The policy for the server's own page.
    public init() {}

    public nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
        var response = try await next(request)
        response.headers.setDefault("X-Content-Type-Options", "nosniff")
        response.headers.setDefault("Referrer-Policy", "no-referrer")
        response.headers.setDefault("Cross-Origin-Resource-Policy", "same-origin")
        if let strictTransportSecurity, request.isSecure {
            response.headers.setDefault("Strict-Transport-Security", "max-age=\(strictTransportSecurity)")
        }
        if response.headers.first("content-type")?.hasPrefix("text/html") ?? false {
            response.headers.setDefault("Content-Security-Policy", contentSecurityPolicy)
            response.headers.setDefault("Cross-Origin-Opener-Policy", "same-origin")
            response.headers.setDefault("Permissions-Policy", permissionsPolicy)
        }
        return response
    }
}
