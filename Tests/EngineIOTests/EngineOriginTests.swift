import EngineIO
import Testing

@Suite("Engine.IO origins")
struct EngineOriginTests {
    private func isAllowed(
        _ headers: [(String, String)], rule: EngineOptions.OriginRule = .sameOrigin, isSecure: Bool = false,
        query: String = "EIO=4&transport=polling", isUpgrade: Bool = false
    ) -> Bool {
        var options = EngineOptions()
        options.origins = rule
        let request = TestRequest.make("GET", query, isUpgrade: isUpgrade, isSecure: isSecure, headers: headers)
        switch EngineGate(options).decide(request) {
        case .open, .existing: return true
        case .refuse(let error): return error.code != 4
        case .preflight: return false
        }
    }

    @Test func `a program, which sends no origin, may connect`() {
        #expect(isAllowed([("host", "chat.example")]))
        #expect(isAllowed([("host", "chat.example")], rule: .listed(["https://other.example"])))
    }

    @Test(arguments: ["http://chat.example", "HTTP://Chat.Example:80", "http://chat.example/"])
    func `the page's own origin may connect`(origin: String) {
        #expect(isAllowed([("host", "chat.example"), ("origin", origin)]))
        #expect(isAllowed([("host", "chat.example:80"), ("origin", origin)]))
    }

    @Test(arguments: [
        "https://chat.example", "http://chat.example:8080", "http://chat.example.evil.example", "http://evil.example",
        "http://xchat.example", "null", "", "chat.example", "file://", "http://", "http://chat.example@evil.example",
        "http://chat.example/path", "http://chat.example?x", "http://chat.example:80x", "http://chat.example:99999",
        "ws://chat.example",
    ])
    func `another origin may not, over either transport`(origin: String) {
        let headers = [("host", "chat.example"), ("origin", origin)]
        #expect(!isAllowed(headers))
        #expect(!isAllowed(headers, query: "EIO=4&transport=websocket", isUpgrade: true))
        #expect(!isAllowed(headers, query: "EIO=4&transport=polling&sid=x"))
        #expect(!isAllowed(headers, query: "EIO=4&transport=websocket&sid=x", isUpgrade: true))
        #expect(isAllowed(headers, rule: .any))
    }

    @Test func `the scheme of an encrypted connection is https`() {
        #expect(isAllowed([("host", "chat.example"), ("origin", "https://chat.example")], isSecure: true))
        #expect(isAllowed([("host", "chat.example"), ("origin", "https://chat.example:443")], isSecure: true))
        #expect(!isAllowed([("host", "chat.example"), ("origin", "http://chat.example")], isSecure: true))
        #expect(isAllowed([("host", "[::1]:3000"), ("origin", "http://[::1]:3000")]))
        #expect(!isAllowed([("host", "[::1]:3000"), ("origin", "http://[::2]:3000")]))
    }

    @Test func `two origins are none that may connect`() {
        let own = ("origin", "http://chat.example")
        let other = ("origin", "http://evil.example")
        #expect(!isAllowed([("host", "chat.example"), own, other]))
        #expect(!isAllowed([("host", "chat.example"), other, own]))
        #expect(!isAllowed([("host", "chat.example"), own, own]))
    }

    @Test func `a listed origin may connect beside the own one, and must match exactly`() {
        let rule = EngineOptions.OriginRule.listed(["https://app.example", "http://localhost:5173"])
        #expect(isAllowed([("host", "chat.example"), ("origin", "https://app.example")], rule: rule))
        #expect(isAllowed([("host", "chat.example"), ("origin", "http://localhost:5173")], rule: rule))
        #expect(isAllowed([("host", "chat.example"), ("origin", "http://chat.example")], rule: rule))
        #expect(!isAllowed([("host", "chat.example"), ("origin", "http://app.example")], rule: rule))
        #expect(!isAllowed([("host", "chat.example"), ("origin", "https://app.example:8443")], rule: rule))
        #expect(!isAllowed([("host", "chat.example"), ("origin", "null")], rule: rule))
    }

    @Test func `a script element of another site gets nothing, though it sends no origin`() {
        let query = "EIO=3&transport=polling&j=0"
        #expect(isAllowed([("host", "a.example")], query: query))
        #expect(isAllowed([("host", "a.example"), ("sec-fetch-site", "same-origin")], query: query))
        #expect(!isAllowed([("host", "a.example"), ("sec-fetch-site", "cross-site")], query: query))
        #expect(!isAllowed([("host", "a.example"), ("sec-fetch-site", "same-site")], query: query))
        #expect(
            isAllowed([("host", "a.example"), ("referer", "http://a.example/page?x=http://b.example")], query: query))
        #expect(!isAllowed([("host", "a.example"), ("referer", "http://b.example/http://a.example")], query: query))
        #expect(isAllowed([("host", "a.example"), ("referer", "http://b.example/")], rule: .any, query: query))
    }
}

@Suite("Engine.IO response headers")
struct EngineHeadersTests {
    private func headers(
        _ method: String = "GET", rule: EngineOptions.OriginRule, _ request: [(String, String)]
    ) -> [String: String] {
        var options = EngineOptions()
        options.origins = rule
        let request = TestRequest.make(method, headers: [("host", "chat.example")] + request)
        let fields = [EngineGate.caching] + EngineGate(options).headers(for: request)
        return Dictionary(uniqueKeysWithValues: fields.map { ($0.name, $0.value) })
    }

    @Test func `without an origin nothing is said about origins`() {
        #expect(headers(rule: .sameOrigin, []) == ["cache-control": "no-store"])
    }

    @Test func `an allowed origin is named and may send cookies, another is not named`() {
        let rule = EngineOptions.OriginRule.listed(["https://app.example"])
        #expect(
            headers(rule: rule, [("origin", "https://app.example")]) == [
                "cache-control": "no-store", "vary": "Origin", "access-control-allow-origin": "https://app.example",
                "access-control-allow-credentials": "true",
            ])
        #expect(
            headers(rule: rule, [("origin", "https://evil.example")]) == [
                "cache-control": "no-store", "vary": "Origin",
            ])
    }

    @Test func `where any page may connect, cookies are never allowed`() {
        #expect(
            headers(rule: .any, [("origin", "https://evil.example")]) == [
                "cache-control": "no-store", "access-control-allow-origin": "*",
            ])
    }

    @Test func `a preflight learns what may be sent`() {
        let request = TestRequest.make("OPTIONS", headers: [("origin", "https://app.example")])
        #expect(
            EngineGate(EngineOptions()).decide(request)
                == .preflight(EngineResponse(status: 204, contentType: nil, body: [])))
        let answer = headers(
            "OPTIONS", rule: .any,
            [("origin", "https://app.example"), ("access-control-request-headers", "authorization")])
        #expect(answer["access-control-allow-methods"] == "GET, POST")
        #expect(answer["access-control-allow-headers"] == "authorization")
    }

    @Test(arguments: ["a\r\nset-cookie: x=y", "é", String(repeating: "a", count: 1025)])
    func `what a request brings is echoed only where it is plain`(value: String) {
        let answer = headers(
            "OPTIONS", rule: .any, [("origin", "http://a"), ("access-control-request-headers", value)])
        #expect(answer["access-control-allow-headers"] == nil)
        #expect(headers(rule: .any, [("origin", value)]) == ["cache-control": "no-store"])
    }

    @Test func `the cookie has the id and its attributes`() {
        var cookie = EngineOptions.Cookie()
        #expect(cookie.headerValue(sessionID: "abc") == "io=abc; Path=/; HttpOnly; SameSite=Lax")
        cookie.isHTTPOnly = false
        cookie.isSecure = true
        cookie.sameSite = "None"
        #expect(cookie.headerValue(sessionID: "abc") == "io=abc; Path=/; SameSite=None; Secure")
    }
}

@Suite("Engine.IO options")
struct EngineOptionsTests {
    @Test func `the defaults can be served`() throws {
        try EngineOptions().check()
    }

    @Test(arguments: [
        ("io;x", "/"), ("io\n", "/"), ("", "/"), ("i o", "/"), ("io", "x"), ("io", "/;domain=x"), ("io", "/\r\n"),
    ])
    func `a cookie that would break its header is refused`(name: String, path: String) {
        var options = EngineOptions()
        var cookie = EngineOptions.Cookie()
        cookie.name = name
        cookie.path = path
        options.cookie = cookie
        #expect(throws: EngineOptionsError.cookie) { try options.check() }
    }

    @Test func `each option has to make sense`() {
        #expect(error { $0.path = "socket.io/" } == .path)
        #expect(error { $0.transports = [] } == .transports)
        #expect(error { $0.origins = .listed(["https://a.example", "b.example"]) } == .origin("b.example"))
        #expect(error { $0.pingInterval = .zero } == .interval)
        #expect(error { $0.maxPayload = 0 } == .limit)
        #expect(error { $0.maxFragments = 0 } == .limit)
        #expect(error { $0.maxPacketsPerPayload = 0 } == .limit)
        #expect(error { $0.maxBufferedBytes = -1 } == .limit)
        #expect(error { $0.pingInterval = .milliseconds(1) } == nil)
        #expect(error { $0.maxPayloadBeforeJoin = 0 } == .payloadBeforeJoin)
        #expect(error { $0.maxPayloadBeforeJoin = $0.maxPayload + 1 } == .payloadBeforeJoin)
        #expect(error { $0.maxPayloadBeforeJoin = $0.maxPayload } == nil)
        #expect(error { $0.httpCompressionThreshold = -1 } == .threshold)
        #expect(error { $0.webSocketCompressionThreshold = -1 } == .threshold)
        #expect(error { $0.httpCompressionThreshold = nil } == nil)
        #expect(error { $0.webSocketCompressionThreshold = 0 } == nil)
    }

    private func error(_ change: (inout EngineOptions) -> Void) -> EngineOptionsError? {
        var options = EngineOptions()
        change(&options)
        do {
            try options.check()
            return nil
        } catch {
            return error
        }
    }
}
