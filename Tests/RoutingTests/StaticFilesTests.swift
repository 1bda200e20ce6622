import Bytes
import Deflate
import HTTPWire
import Routing
import Testing

@Suite struct `Static files` {
    static let script = String(repeating: "let a = 1;\n", count: 100)
    static let files: [String: [UInt8]] = [
        "index.html": Array(#"<link href="/assets/css/a.css"><img src='/assets/a.png'>/assets/ x/assets/y"#.utf8),
        "js/app.js": Array(script.utf8), "css/a.css": Array("a{}".utf8), "a.png": Array("0123456789".utf8),
        "empty.txt": [],
    ]

    static func statics() throws -> StaticFiles {
        var options = StaticFiles.Options()
        options.fixedAddresses = ["/": "index.html", "/a.png": "a.png"]
        return try StaticFiles(files: files, options: options)
    }

    static func get(
        _ path: String, _ headers: HTTPHeaders = [:], _ method: HTTPMethod = .get
    ) async throws -> Response {
        let files = try statics()
        var router = Router()
        files.addRoutes(to: &router)
        let target = path.replacing("HASH", with: files.hash)
        return try await router.freeze().respond(to: Request(method, target, headers: headers))
    }

    @Test func `a hashed file may be kept for a year`() async throws {
        let response = try await Self.get("/assets/HASH/a.png")
        #expect(response.status == .ok)
        #expect(response.textBody == "0123456789")
        #expect(response.headers.first("cache-control") == "public, max-age=31536000, immutable")
        #expect(response.headers.first("content-type") == "image/png")
        #expect(response.headers.first("accept-ranges") == "bytes")
        #expect(!response.headers.contains("vary"))
    }

    @Test func `text is sent compressed to those who accept it`() async throws {
        let plain = try await Self.get("/assets/HASH/js/app.js")
        #expect(plain.textBody == Self.script)
        #expect(plain.headers.first("vary") == "Accept-Encoding")
        let packed = try await Self.get("/assets/HASH/js/app.js", ["Accept-Encoding": "br, gzip"])
        #expect(packed.headers.first("content-encoding") == "gzip")
        #expect(packed.headers.first("vary") == "Accept-Encoding")
        #expect(packed.headers.first("etag") != plain.headers.first("etag"))
        guard case .shared(let bytes, _) = packed.body else { return }
        #expect(try Gzip.decompress(bytes.array, limit: 1 << 20) == Array(Self.script.utf8))
        let refused = try await Self.get("/assets/HASH/js/app.js", ["Accept-Encoding": "gzip;q=0"])
        #expect(!refused.headers.contains("content-encoding"))
    }

    @Test func `content that does not become smaller is not compressed`() async throws {
        let response = try await Self.get("/assets/HASH/css/a.css", ["Accept-Encoding": "gzip"])
        #expect(response.textBody == "a{}")
        #expect(!response.headers.contains("vary"))
    }

    @Test func `a known tag is answered 304`() async throws {
        for encoding in ["identity", "gzip"] {
            let first = try await Self.get("/assets/HASH/js/app.js", ["Accept-Encoding": encoding])
            let tag = try #require(first.headers.first("etag"))
            for condition in [tag, "W/\(tag)", "\"x\", \(tag)", "*"] {
                let fields: HTTPHeaders = ["Accept-Encoding": encoding, "If-None-Match": condition]
                let second = try await Self.get("/assets/HASH/js/app.js", fields)
                #expect(second.status == .notModified)
                #expect(second.body.count == 0)
                #expect(second.headers.first("etag") == tag)
                #expect(second.headers.contains("cache-control") && second.headers.contains("vary"))
            }
            let other = try await Self.get("/assets/HASH/js/app.js", ["If-None-Match": "\"x\""])
            #expect(other.status == .ok)
        }
    }

    @Test(
        arguments: [
            ("bytes=0-3", 206, "0123", "bytes 0-3/10"), ("bytes=-2", 206, "89", "bytes 8-9/10"),
            ("bytes=4-", 206, "456789", "bytes 4-9/10"), ("bytes=10-", 416, "", "bytes */10"),
            ("bytes=0-1,4-5", 200, "0123456789", nil), ("x", 200, "0123456789", nil),
        ] as [(String, Int, String, String?)])
    func `a part is sent where one is asked for`(
        _ range: String, _ status: Int, _ text: String, _ contentRange: String?
    ) async throws {
        let response = try await Self.get("/assets/HASH/a.png", ["Range": range])
        #expect(response.status.code == status)
        #expect(response.textBody == text)
        #expect(response.headers.first("content-range") == contentRange)
    }

    @Test func `a part is never a part of the compressed form`() async throws {
        let fields: HTTPHeaders = ["Range": "bytes=0-2", "Accept-Encoding": "gzip"]
        let response = try await Self.get("/assets/HASH/js/app.js", fields)
        #expect(response.status == .partialContent)
        #expect(response.textBody == "let")
        #expect(!response.headers.contains("content-encoding"))
    }

    @Test func `If-Range gives the whole of a file that has changed`() async throws {
        let tag = try #require(try await Self.get("/assets/HASH/a.png").headers.first("etag"))
        for (condition, status) in [
            (tag, 206), ("\"x\"", 200), ("W/\(tag)", 200), ("Sun, 06 Nov 1994 08:49:37 GMT", 200),
        ] {
            let response = try await Self.get("/assets/HASH/a.png", ["Range": "bytes=0-0", "If-Range": condition])
            #expect(response.status.code == status)
        }
    }

    @Test func `HEAD has the fields of GET, and no part`() async throws {
        let response = try await Self.get("/assets/HASH/a.png", ["Range": "bytes=0-0"], .head)
        #expect(response.status == .ok)
        #expect(response.body.count == 10)
        #expect(try await Self.get("/assets/HASH/a.png", [:], .post).status == .methodNotAllowed)
    }

    @Test func `a part of an empty file cannot be`() async throws {
        #expect(try await Self.get("/assets/HASH/empty.txt", ["Range": "bytes=0-"]).status == .rangeNotSatisfiable)
        #expect(try await Self.get("/assets/HASH/empty.txt").status == .ok)
    }

    @Test func `a fixed address is asked for again, and names hashed ones`() async throws {
        let files = try Self.statics()
        let page = try await Self.get("/")
        #expect(page.headers.first("cache-control") == "no-cache")
        let hash = files.hash
        #expect(
            page.textBody
                == #"<link href="/assets/\#(hash)/css/a.css"><img src='/assets/\#(hash)/a.png'>/assets/ x/assets/y"#)
        #expect(try await Self.get("/a.png").textBody == "0123456789")
        #expect(files.rewritingAssets(in: "url(/assets/a)") == "url(/assets/\(hash)/a)")
        #expect(try files.page("/", for: Request(.get, "/x")).textBody == page.textBody)
        #expect(throws: StaticFilesError.missing("/x")) { try files.page("/x", for: Request(.get, "/x")) }
    }

    @Test func `the hash changes with a name and with a content`() throws {
        let hashes = try [["a": [1], "b": [2]], ["a": [1], "b": [3]], ["a": [1], "c": [2]], ["a": [1]], [:]].map {
            try StaticFiles(files: $0).hash
        }
        #expect(Set(hashes).count == hashes.count)
        #expect(try StaticFiles(files: ["b": [2], "a": [1]]).hash == hashes[0])
        #expect(hashes.allSatisfy { $0.utf8.count == 20 })
    }

    @Test(arguments: [
        "/assets/x/a.png", "/assets/HASH/", "/assets/HASH", "/assets/HASH/none", "/assets/HASH/A.png",
        "/assets/HASH/a.png/",
        "/assets/HASH//a.png", "/assets/HASH/js%2Fapp.js", "/assets/HASH/js", "/assets/HASH/js/", "/assets//a.png",
    ])
    func `another address is not found`(_ path: String) async throws {
        #expect(try await Self.get(path).status == .notFound)
    }

    @Test func `a fixed address needs its file, and the count is limited`() throws {
        var options = StaticFiles.Options()
        options.fixedAddresses = ["/": "none.html"]
        #expect(throws: StaticFilesError.missing("none.html")) { try StaticFiles(files: Self.files, options: options) }
        options.fixedAddresses = [:]
        options.maxFiles = 5
        #expect(try StaticFiles(files: Self.files, options: options).names.count == 5)
        options.maxFiles = 4
        #expect(throws: StaticFilesError.tooManyFiles(limit: 4)) {
            try StaticFiles(files: Self.files, options: options)
        }
    }
}
