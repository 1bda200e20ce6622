import HTTPWire
import Testing

@Suite struct `Queries and percent-encoding` {
    @Test(arguments: [
        ("", ""), ("a", "a="), ("a=", "a="), ("a=b&a=c", "a=b|a=c"), ("=b", "=b"), ("a=b=c", "a=b=c"),
        ("&&a=1&", "a=1"),
        ("a+b=c%20d", "a b=c d"), ("%61=%C3%A9", "a=é"), ("a=%2B", "a=+"), ("a=%26%3D", "a=&="),
    ])
    func `a query is decoded in order`(_ text: String, _ pairs: String) throws {
        let query = try QueryString(parsing: text)
        #expect(query.parameters.map { "\($0.name)=\($0.value)" }.joined(separator: "|") == pairs)
    }

    @Test(arguments: ["a=%", "a=%4", "a=%4g", "a=%ff", "a=%C3", "a=%00", "%=a", "a=%u0041", "a=%ED%A0%80", "a=%C0%AF"])
    func `a query that is not percent-encoded UTF-8 is refused`(_ text: String) {
        #expect(throws: HTTPError.invalidQuery) { try QueryString(parsing: text) }
    }

    @Test func `the count of parameters is limited`() throws {
        #expect(try QueryString(parsing: "a&b&c", maximumCount: 3).parameters.count == 3)
        #expect(throws: HTTPError.tooManyParameters) { try QueryString(parsing: "a&b&c&d", maximumCount: 3) }
        let hundred = String(repeating: "a&", count: 100)
        #expect(try QueryString(parsing: hundred).parameters.count == 100)
        #expect(throws: HTTPError.tooManyParameters) { try QueryString(parsing: hundred + "b") }
    }

    @Test func `a separator is found beside a combining mark`() throws {
        let query = try QueryString(parsing: "a=1&\u{301}b=2")
        #expect(query.parameters.count == 2)
        #expect(query.first("a") == "1")
    }

    @Test func `a form is a query in the body`() throws {
        let form = try QueryString(form: Array("room=a+b&password=%26".utf8))
        #expect(form.first("room") == "a b")
        #expect(form.values("password") == ["&"])
        #expect(form.first("none") == nil)
        #expect(throws: HTTPError.invalidQuery) { try QueryString(form: [0x61, 0xff]) }
    }

    @Test func `what is encoded is decoded to the same`() throws {
        let query = QueryString([.init("a b", "é&=+%/?#"), .init("", "x")])
        #expect(query.encoded == "a%20b=%C3%A9%26%3D%2B%25%2F%3F%23&=x")
        #expect(try QueryString(parsing: query.encoded) == query)
        #expect(PercentEncoding.decode("a+b") == "a+b")
        #expect(PercentEncoding.encode("-._~aZ0") == "-._~aZ0")
    }
}
