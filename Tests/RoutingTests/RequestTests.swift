import HTTPWire
import JSON
import Routing
import Testing

@Suite struct `Requests` {
    struct Message: Codable, Equatable {
        var room: String
        var text: String?
    }

    static func post(_ body: String, _ type: String? = "application/json") -> Request {
        Request(.post, "/", headers: type.map { ["Content-Type": $0] } ?? [:], body: Array(body.utf8))
    }

    @Test func `a request is made from a parsed head`() throws {
        let stream = Array("POST /a%20b?c=d HTTP/1.1\r\nHost: x\r\nCookie: k=v; l=w\r\nCookie: m=n\r\n\r\n".utf8)
        var parser = HTTPRequestParser()
        var position = 0
        guard case .head(let head) = try parser.next(stream.span.bytes, at: &position) else { return }
        let request = Request(head, body: [1], remoteAddress: "::1", isSecure: true, id: "7")
        #expect(request.method == .post)
        #expect(request.rawPath == "/a%20b")
        #expect(request.rawQuery == "c=d")
        #expect(try request.query.first("c") == "d")
        #expect(request.cookies.map(\.name) == ["k", "l", "m"])
        #expect(request.cookie("l") == "w")
        #expect(request.cookie("none") == nil)
        #expect(request.ownOrigin == "https://x")
        #expect(request.body == [1] && request.remoteAddress == "::1" && request.id == "7")
    }

    @Test func `a JSON body becomes a type`() throws {
        #expect(try Self.post(#"{"room":"a"}"#).decode(Message.self) == Message(room: "a", text: nil))
        #expect(try Self.post(#"[1]"#).json()[0] == 1)
    }

    @Test(arguments: [
        ("{", 400), ("", 400), ("{} x", 400), (#"{"text":"a"}"#, 422), (#"{"room":1}"#, 422), ("[]", 422),
    ])
    func `a body of another shape is refused`(_ body: String, _ status: Int) {
        do throws(Refusal) {
            _ = try Self.post(body).decode(Message.self)
            Issue.record("accepted")
        } catch {
            #expect(error.status.code == status)
            #expect(!error.message.isEmpty)
        }
    }

    @Test func `a refusal names what is missing`() {
        let error = #expect(throws: Refusal.self) { try Self.post("{}").decode(Message.self) }
        #expect(error?.message == "Send room.")
    }

    @Test func `fields come from JSON or from a form`() throws {
        let form = "application/x-www-form-urlencoded; charset=utf-8"
        #expect(try Self.post("room=a+b&password=c", form).fields()["room"] == "a b")
        #expect(try Self.post(#"{"room":"a"}"#, nil).fields()["room"] == "a")
        #expect(try Self.post("", nil).fields() == .object([]))
        #expect(throws: Refusal.self) { try Self.post("[]").fields() }
        #expect(throws: HTTPError.invalidQuery) { try Self.post("a=%", form).fields() }
    }

    @Test func `a middleware leaves values for the handler`() {
        var request = Request(.get, "/")
        #expect(request[Message.self] == nil)
        request[Message.self] = Message(room: "a", text: nil)
        #expect(request[Message.self]?.room == "a")
    }
}

@Suite struct `Responses` {
    @Test func `constructors name the type of their content`() throws {
        #expect(Response.text("a").headers.first("content-type") == "text/plain; charset=utf-8")
        #expect(Response.html("a").headers.first("content-type") == "text/html; charset=utf-8")
        #expect(Response.json(["a": 1], status: .created).textBody == #"{"a":1}"#)
        #expect(Response.json([1]).headers.first("content-type") == "application/json")
        #expect(try Response.json(encoding: ["a": [true]]).textBody == #"{"a":[true]}"#)
        let redirect = Response.redirect(to: "/a")
        #expect(redirect.status.code == 303 && redirect.headers.first("location") == "/a")
        #expect(Response(.ok).body.count == 0)
        #expect(Response.text("é").body.count == 2)
        #expect(Response(.ok).with("A", "b").with("a", "c").headers.values("A") == ["c"])
    }

    @Test func `cookies are added one by one`() throws {
        var response = Response(.ok)
        try response.setCookie(SetCookie("a", "b"))
        try response.setCookie(SetCookie("c", "d"))
        #expect(response.headers.values("set-cookie").count == 2)
        #expect(throws: HTTPError.unsendableHeader) { try response.setCookie(SetCookie("a;", "b")) }
    }
}
