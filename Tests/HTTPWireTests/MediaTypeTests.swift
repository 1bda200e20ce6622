import HTTPWire
import Testing

@Suite struct `Media types` {
    @Test func `types are read with their parameters`() throws {
        let type = try #require(MediaType("Text/HTML; Charset=\"UTF-8\";q=1 ; x=\"a;\\\"b\""))
        #expect(type.essence == "text/html")
        #expect(type.charset == "utf-8")
        #expect(type.parameter("x") == "a;\"b")
        #expect(type.description == "text/html; charset=UTF-8; q=1; x=\"a;\\\"b\"")
        #expect(MediaType("a/b;")?.parameters == [])
    }

    @Test(arguments: ["", "text", "text/", "/html", "a/b/c", "a b/c", "a/b; c", "a/b; =d", "a/b; c=\"d", "a/b; c=d e"])
    func `what is no type is refused`(_ text: String) {
        #expect(MediaType(text) == nil)
    }

    @Test(arguments: [
        ("a.html", "text/html; charset=utf-8"), ("a.JS", "text/javascript; charset=utf-8"),
        ("b.min.css", "text/css; charset=utf-8"),
        ("a.svg", "image/svg+xml"), ("a.webmanifest", "application/manifest+json"), ("a", "application/octet-stream"),
        ("a.unknown", "application/octet-stream"), ("a.", "application/octet-stream"), ("a.json", "application/json"),
    ])
    func `files are told apart by the end of their name`(_ name: String, _ type: String) {
        #expect(MediaType.contentType(forFileNamed: name) == type)
    }

    @Test func `text becomes smaller, images do not`() {
        for name in ["a.html", "a.js", "a.css", "a.svg", "a.json", "a.webmanifest", "a.wasm"] {
            #expect(MediaType.isCompressible(MediaType.contentType(forFileNamed: name)))
        }
        for name in ["a.png", "a.woff2", "a.zip", "a"] {
            #expect(!MediaType.isCompressible(MediaType.contentType(forFileNamed: name)))
        }
        #expect(!MediaType.isCompressible("nonsense"))
    }
}
