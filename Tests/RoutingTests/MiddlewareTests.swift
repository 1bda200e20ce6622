import HTTPWire
import Routing
import Testing

@Suite struct `Security headers` {
    static func response(_ made: Response, secure: Bool = false, _ headers: SecurityHeaders = .init()) async throws
        -> Response
    {
        var router = Router()
        router.use(headers)
        router.get("/") { _ in made }
        return try await router.freeze().respond(to: Request(.get, "/", isSecure: secure))
    }

    @Test func `a page gets the whole policy`() async throws {
        let headers = try await Self.response(.html("a")).headers
        #expect(
            headers.first("content-security-policy")
                == "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; connect-src 'self'; "
                + "font-src 'self'; media-src 'self' blob:; worker-src 'self'; manifest-src 'self'; base-uri 'none'; "
                + "form-action 'self'; frame-ancestors 'none'; object-src 'none'; require-trusted-types-for 'script'; "
                + "trusted-types default")
        #expect(
            headers.first("permissions-policy")
                == "camera=(self), microphone=(self), display-capture=(self), geolocation=()")
        #expect(headers.first("x-content-type-options") == "nosniff")
        #expect(headers.first("referrer-policy") == "no-referrer")
        #expect(headers.first("cross-origin-opener-policy") == "same-origin")
        #expect(headers.first("cross-origin-resource-policy") == "same-origin")
        #expect(!headers.contains("strict-transport-security"))
    }

    @Test func `other content is not sniffed and not lent to other origins`() async throws {
        let headers = try await Self.response(.text("a")).headers
        #expect(headers.first("x-content-type-options") == "nosniff")
        #expect(headers.first("cross-origin-resource-policy") == "same-origin")
        #expect(!headers.contains("content-security-policy"))
    }

    @Test func `what a handler has set is left`() async throws {
        let made = Response.html("a").with("Content-Security-Policy", "sandbox")
        #expect(try await Self.response(made).headers.values("content-security-policy") == ["sandbox"])
    }

    @Test func `TLS is demanded over TLS only`() async throws {
        var headers = SecurityHeaders()
        headers.strictTransportSecurity = 60
        #expect(
            try await Self.response(.text("a"), secure: true, headers).headers.first("strict-transport-security")
                == "max-age=60")
        #expect(try await !Self.response(.text("a"), headers).headers.contains("strict-transport-security"))
    }
}

@Suite struct `CORS headers` {
    static func response(_ cors: CORS, _ method: HTTPMethod = .get, _ headers: HTTPHeaders) async throws -> Response {
        var router = Router()
        router.use(cors)
        router.get("/") { _ in .text("a") }
        router.post("/") { _ in .text("b") }
        return try await router.freeze().respond(to: Request(method, "/", headers: headers))
    }

    static func listed(_ credentials: Bool = false) throws -> CORS {
        try CORS(.listed(["https://a.example", "http://b:8080"]), allowsCredentials: credentials)
    }

    @Test func `a listed origin may read answers`() async throws {
        let headers = try await Self.response(Self.listed(true), .get, ["Origin": "https://a.example"]).headers
        #expect(headers.first("access-control-allow-origin") == "https://a.example")
        #expect(headers.first("access-control-allow-credentials") == "true")
        #expect(headers.first("vary") == "Origin")
    }

    @Test(arguments: [
        "https://a.example.evil", "https://evila.example", "http://a.example", "https://a.example:444",
        "https://A.example",
        "null", "https://a.example/", "", "https://a.example, https://b", "file://", "https://x.a.example",
    ])
    func `another origin may not`(_ origin: String) async throws {
        let response = try await Self.response(Self.listed(true), .get, ["Origin": origin])
        #expect(response.status == .ok)
        #expect(!response.headers.contains("access-control-allow-origin"))
        #expect(!response.headers.contains("access-control-allow-credentials"))
        #expect(response.headers.first("vary") == "Origin")
    }

    @Test func `a preflight is answered for a listed origin only`() async throws {
        var fields: HTTPHeaders = ["Origin": "http://b:8080", "Access-Control-Request-Method": "POST"]
        let allowed = try await Self.response(Self.listed(), .options, fields)
        #expect(allowed.status == .noContent)
        #expect(allowed.headers.first("access-control-allow-methods") == "GET, HEAD, POST, PUT, PATCH, DELETE")
        #expect(allowed.headers.first("access-control-allow-headers") == "Authorization, Content-Type")
        #expect(allowed.headers.first("access-control-max-age") == "600")
        #expect(
            allowed.headers.first("vary") == "Access-Control-Request-Method, Access-Control-Request-Headers, Origin")
        #expect(!allowed.headers.contains("access-control-allow-credentials"))
        fields.set("Origin", "http://c")
        let refused = try await Self.response(Self.listed(), .options, fields)
        #expect(refused.status == .forbidden)
        #expect(!refused.headers.contains("access-control-allow-methods"))
        #expect(!refused.headers.contains("access-control-allow-origin"))
    }

    @Test func `any origin never goes with credentials`() async throws {
        let headers = try await Self.response(CORS(.any), .get, ["Origin": "https://c"]).headers
        #expect(headers.first("access-control-allow-origin") == "*")
        #expect(!headers.contains("access-control-allow-credentials"))
        #expect(!headers.contains("vary"))
        #expect(throws: CORS.ConfigurationError.anyOriginWithCredentials) { try CORS(.any, allowsCredentials: true) }
    }

    @Test(arguments: ["*", "null", "a.example", "https://", "https://a/", "https://*.a", "ftp://a", "https://a:x"])
    func `what is no origin cannot be listed`(_ text: String) {
        #expect(throws: CORS.ConfigurationError.notAnOrigin(text)) { try CORS(.listed([text])) }
    }

    @Test func `a request without origin is left alone`() async throws {
        let response = try await Self.response(Self.listed(), .options, [:])
        #expect(response.headers.contains("allow"))
        #expect(!response.headers.contains("access-control-allow-origin"))
    }
}

@Suite struct `The guard against other sites` {
    static func status(_ method: HTTPMethod, _ headers: HTTPHeaders, secure: Bool = false) async throws -> Int {
        var router = Router()
        router.use(CrossSiteGuard(allowedOrigins: ["https://listed"]))
        for method in [HTTPMethod.get, .post, .delete] { router.on(method, "/") { _ in .text("a") } }
        let fields = headers.reduce(into: ["Host": "own:8080"] as HTTPHeaders) { $0.add($1.name, $1.value) }
        return try await router.freeze().respond(to: Request(method, "/", headers: fields, isSecure: secure)).status
            .code
    }

    @Test(arguments: [
        "http://own", "https://own:8080", "http://own:8081", "http://own:8080.evil", "http://evil", "null", "",
        "http://own:8080/",
    ])
    func `a change asked for by another page is refused`(_ origin: String) async throws {
        #expect(try await Self.status(.post, ["Origin": origin]) == 403)
        #expect(try await Self.status(.delete, ["Origin": origin, "Sec-Fetch-Site": "same-origin"]) == 403)
        #expect(try await Self.status(.get, ["Origin": origin]) == 200)
    }

    @Test(arguments: ["cross-site", "same-site", "x"])
    func `a change that the browser calls foreign is refused`(_ site: String) async throws {
        #expect(try await Self.status(.post, ["Sec-Fetch-Site": site]) == 403)
    }

    @Test func `own pages, listed pages and programs may change things`() async throws {
        #expect(try await Self.status(.post, ["Origin": "http://own:8080"]) == 200)
        #expect(try await Self.status(.post, ["Origin": "https://own:8080"], secure: true) == 200)
        #expect(try await Self.status(.post, ["Origin": "https://listed", "Sec-Fetch-Site": "cross-site"]) == 200)
        #expect(try await Self.status(.post, [:]) == 200)
        #expect(try await Self.status(.post, ["Sec-Fetch-Site": "same-origin"]) == 200)
        #expect(try await Self.status(.post, ["Origin": "http://own:8080", "origin": "http://evil"]) == 403)
    }

    @Test func `an origin has no port where it is the scheme's`() {
        #expect(Request(.get, "/", headers: ["Host": "A:80"]).ownOrigin == "http://a")
        #expect(Request(.get, "/", headers: ["Host": "a:443"], isSecure: true).ownOrigin == "https://a")
        #expect(Request(.get, "/", headers: ["Host": "a:443"]).ownOrigin == "http://a:443")
        #expect(Request(.get, "/").ownOrigin == nil)
    }
}
