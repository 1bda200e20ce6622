import HTTPWire
import Testing

@Suite struct `Cookies` {
    @Test(arguments: [
        ("a=b", "a=b"), ("a=b; c=d", "a=b|c=d"), (" a = b ;c=\"d\"", "a=b|c=d"), ("a", ""), ("a=", "a="),
        ("a=b=c", "a=b=c"), ("=b", ""), ("a b=c; d=e", "d=e"), ("a=b c; d=e", "d=e"), ("a=b,c; d=e", "d=e"),
        ("a=é; d=e", "d=e"), ("a=\u{1}; d=e", "d=e"), (";;", ""), ("a=\"", ""), ("a=1;\u{301}=2; b=3", "a=1|b=3"),
    ])
    func `a field is read, malformed pairs are passed over`(_ field: String, _ cookies: String) {
        #expect(Cookie.parse(field).map { "\($0.name)=\($0.value)" }.joined(separator: "|") == cookies)
    }

    @Test func `the count is limited`() {
        let field = String(repeating: "a=b;", count: 101)
        #expect(Cookie.parse(field).count == 100)
        #expect(Cookie.parse(field, maximumCount: 1).count == 1)
    }

    @Test func `a cookie has safe attributes unless told otherwise`() {
        var cookie = SetCookie("io", "abc")
        #expect(cookie.field == "io=abc; Path=/; HttpOnly; SameSite=Lax")
        cookie.path = "/a b"
        cookie.domain = "a.example"
        cookie.maxAge = -1
        cookie.isSecure = true
        cookie.isHTTPOnly = false
        cookie.sameSite = .strict
        #expect(cookie.field == "io=abc; Path=/a b; Domain=a.example; Max-Age=0; Secure; SameSite=Strict")
        cookie.path = nil
        cookie.domain = nil
        cookie.maxAge = nil
        cookie.isSecure = false
        cookie.sameSite = nil
        #expect(cookie.field == "io=abc")
    }

    // GHSA-pxg6-pf52-xh8x: a name, path or domain with special characters altered the cookie.
    @Test(arguments: [
        ("a;b", "c", "/", "d"), ("a=b", "c", "/", "d"), ("a b", "c", "/", "d"), ("", "c", "/", "d"),
        ("a\r\nX", "c", "/", "d"), ("<script>", "c", "/", "d"), ("a", "c;d", "/", "d"), ("a", "c\"", "/", "d"),
        ("a", "c d", "/", "d"), ("a", "c,d", "/", "d"), ("a", "é", "/", "d"), ("a", "c\0", "/", "d"),
        ("a", "c", "/;domain=e", "d"), ("a", "c", "/\r\nX: y", "d"), ("a", "c", "", "d"), ("a", "c", "b", "d"),
        ("a", "c", "/\u{7f}", "d"), ("a", "c", "/", "d;e"), ("a", "c", "/", ""), ("a", "c", "/", "d:80"),
        ("a", "c", "/", "d\ne"),
    ])
    func `a cookie that could add attributes is refused`(
        _ name: String, _ value: String, _ path: String, _ domain: String
    ) {
        var cookie = SetCookie(name, value)
        cookie.path = path
        cookie.domain = domain
        #expect(cookie.field == nil)
    }
}
