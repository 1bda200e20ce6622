import HTTPWire
import Testing

@testable import SocketIOClient

@Suite struct `The address of a server` {
    @Test(arguments: [
        ("http://127.0.0.1:3000", "127.0.0.1", 3000, "/", "127.0.0.1:3000"),
        ("ws://chat.example", "chat.example", 80, "/", "chat.example"),
        ("HTTP://chat.example/admin", "chat.example", 80, "/admin", "chat.example"),
        ("http://[::1]:81/a/b#part", "::1", 81, "/a/b", "[::1]:81"),
        ("http://[::1]", "::1", 80, "/", "[::1]"),
        ("https://chat.example", "chat.example", 443, "/", "chat.example"),
        ("wss://chat.example:80", "chat.example", 80, "/", "chat.example:80"),
    ])
    func `is taken apart`(text: String, host: String, port: Int, namespace: String, authority: String) throws {
        let url = try ClientURL(text)
        #expect(url.host == host)
        #expect(Int(url.port) == port)
        #expect(url.namespace == namespace)
        #expect(url.authority == authority)
        #expect(url.isSecure == (text.hasPrefix("https:") || text.hasPrefix("wss:")))
    }

    @Test func `may have parameters`() throws {
        let url = try ClientURL("http://a:1?token=x%20y&b=2")
        #expect(url.query.first("token") == "x y")
        #expect(url.query.first("b") == "2")
        #expect(url.namespace == "/")
    }

    @Test(arguments: [
        "", "a", "://a", "ftp://a", "http://", "http://:80", "http://a:99999", "http://a:b", "http://u@a",
        "http://a b", "http://a\r\nX: y", "http://ä",
    ])
    func `is refused where it names no server`(text: String) {
        #expect(throws: ClientError.invalidURL(text)) { try ClientURL(text) }
    }
}
