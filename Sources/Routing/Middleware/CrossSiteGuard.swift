import HTTPWire

/// Refuses requests by which a page of another site would change something in its visitor's name.
///
/// Browsers say where a request comes from in `Origin` and `Sec-Fetch-Site`; programs that are no browsers send neither
/// and are let through. GET, HEAD and OPTIONS change nothing and are let through as well.
public struct CrossSiteGuard: Middleware {
    /// Origins that may, beside the server's own.
    public var allowedOrigins: Set<String>

    /// A guard that lets the server's own pages in, and those of these origins.
    public init(allowedOrigins: Set<String> = []) {
        self.allowedOrigins = allowedOrigins
    }

    public nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
        guard isSafe(request.method) || isFromAllowedPage(request) else {
            throw Refusal(.forbidden, "Send this from the server's own page, or have the operator list your origin.")
        }
        return try await next(request)
    }

    private func isSafe(_ method: HTTPMethod) -> Bool { method == .get || method == .head || method == .options }

    private func isFromAllowedPage(_ request: Request) -> Bool {
        let origins = request.headers.values("origin")
        if let origin = origins.first {
            return origins.count == 1 && (origin == request.ownOrigin || allowedOrigins.contains(origin))
        }
        return ["same-origin", "none", nil].contains(request.headers.first("sec-fetch-site"))
    }
}

extension Request {
    /// The origin that a page has which this server sent, as the browser writes it.
    public var ownOrigin: String? {
        headers.first("host").map { host in
            let port = isSecure ? ":443" : ":80"
            let plain = host.lowercased()
            return (isSecure ? "https://" : "http://")
                + (plain.hasSuffix(port) ? String(plain.dropLast(port.count)) : plain)
        }
    }
}
