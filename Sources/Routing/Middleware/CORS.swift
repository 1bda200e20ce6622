import HTTPWire

/// Lets pages of other origins read answers (the Fetch standard's CORS protocol). Origins are compared exactly.
public struct CORS: Middleware {
    /// Which pages may read answers.
    public enum Origins: Sendable, Equatable {
        /// These, each as a browser writes it: `https://chat.example`.
        case listed(Set<String>)
        /// Every page; its requests then never count as a user's, for credentials are not allowed.
        case any
    }

    /// Why a configuration is not taken.
    public enum ConfigurationError: Error, Equatable, Sendable, CustomStringConvertible {
        case anyOriginWithCredentials
        case notAnOrigin(String)

        public var description: String {
            switch self {
            case .anyOriginWithCredentials: "List the origins that may send cookies: any origin is not allowed to."
            case .notAnOrigin(let text): "Write the origin \"\(text)\" as scheme://host or scheme://host:port."
            }
        }
    }

    private let origins: Origins
    private let allowsCredentials: Bool
    /// The methods that a preflight allows.
    public var methods = "GET, HEAD, POST, PUT, PATCH, DELETE"
    /// The request fields that a preflight allows.
    public var requestHeaders = "Authorization, Content-Type"
    /// The response fields that a page may read beside the simple ones; default none.
    public var exposedHeaders: String?
    /// How many seconds a browser may keep the answer to a preflight; default 600.
    public var maxAge = 600

    /// Default: no credentials. Any origin together with credentials is refused, and so is what is no origin.
    public init(_ origins: Origins, allowsCredentials: Bool = false) throws(ConfigurationError) {
        switch origins {
        case .any where allowsCredentials: throw .anyOriginWithCredentials
        case .any: break
        case .listed(let list):
            for origin in list where !Self.isOrigin(origin) { throw .notAnOrigin(origin) }
        }
        self.origins = origins
        self.allowsCredentials = allowsCredentials
    }

    private static func isOrigin(_ text: String) -> Bool {
        for scheme in ["http://", "https://"] where text.hasPrefix(scheme) {
            return HostField.isValid(String(text.dropFirst(scheme.count)))
        }
        return false
    }

    public nonisolated(nonsending) func handle(_ request: Request, next: Handler) async throws -> Response {
        let origin = request.headers.first("origin")
        let isPreflight =
            request.method == .options && origin != nil && request.headers.contains("access-control-request-method")
        var response = isPreflight ? preflight(isAllowed: isAllowed(origin)) : try await next(request)
        if origins != .any { response.addVary("Origin") }
        guard let origin, isAllowed(origin) else { return response }
        response.headers.set("Access-Control-Allow-Origin", origins == .any ? "*" : origin)
        if allowsCredentials { response.headers.set("Access-Control-Allow-Credentials", "true") }
        if let exposedHeaders, !isPreflight { response.headers.set("Access-Control-Expose-Headers", exposedHeaders) }
        return response
    }

    private func isAllowed(_ origin: String?) -> Bool {
        guard let origin else { return false }
        return switch origins {
        case .any: true
        case .listed(let list): list.contains(origin)
        }
    }

    private func preflight(isAllowed: Bool) -> Response {
        var response = Response(isAllowed ? .noContent : .forbidden)
        response.addVary("Access-Control-Request-Method, Access-Control-Request-Headers")
        guard isAllowed else { return response }
        response.headers.add("Access-Control-Allow-Methods", methods)
        response.headers.add("Access-Control-Allow-Headers", requestHeaders)
        response.headers.add("Access-Control-Max-Age", String(maxAge))
        return response
    }
}

extension Response {
    /// Adds names to the `Vary` field.
    public mutating func addVary(_ names: String) {
        guard let present = headers.first("vary") else { return headers.add("Vary", names) }
        headers.set("Vary", "\(present), \(names)")
    }
}
