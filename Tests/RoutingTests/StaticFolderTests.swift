import HTTPWire
import Routing
import Testing

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A folder for one test, removed at its end.
final class TestFolder {
    let path: String
    private var made: [String] = []

    init() {
        var template = Array("/tmp/parley-static-XXXXXX".utf8CString)
        path = template.withUnsafeMutableBufferPointer { String(cString: mkdtemp($0.baseAddress!)) }
    }

    private func make(_ name: String) -> String {
        made.append("\(path)/\(name)")
        return "\(path)/\(name)"
    }

    func folder(_ name: String) { mkdir(make(name), 0o755) }

    func file(_ name: String, _ text: String) {
        let file = fopen(make(name), "w")
        fputs(text, file)
        fclose(file)
    }

    func link(_ name: String, to target: String) { symlink(target, make(name)) }

    func pipe(_ name: String) { mkfifo(make(name), 0o644) }

    deinit {
        for path in made.reversed() { remove(path) }
        remove(path)
    }
}

@Suite struct `Static folders` {
    /// `public` beside a secret.
    static func make() -> TestFolder {
        let folder = TestFolder()
        folder.file("secret.txt", "hunter2")
        folder.folder("public")
        folder.folder("public/css")
        folder.folder("public/.git")
        folder.file("public/.env", "hunter2")
        folder.file("public/.git/config", "hunter2")
        folder.file("public/a.txt", "0123456789")
        folder.file("public/css/base.css", "a{}")
        folder.link("public/inside.txt", to: "css/base.css")
        folder.link("public/outside.txt", to: "../secret.txt")
        folder.link("public/absolute.txt", to: "/etc/passwd")
        folder.link("public/up", to: "..")
        folder.link("public/loop", to: ".")
        folder.link("public/broken", to: "nowhere")
        folder.pipe("public/pipe")
        return folder
    }

    @Test func `dot files, pipes and links that lead out are left out`() throws {
        let folder = Self.make()
        let files = try StaticFiles(directory: folder.path + "/public")
        #expect(files.names == ["a.txt", "css/base.css", "inside.txt"])
    }

    @Test func `a folder whose name begins like the served one is outside`() throws {
        let folder = Self.make()
        folder.folder("public-not")
        folder.file("public-not/x.txt", "hunter2")
        folder.link("public/x.txt", to: "../public-not/x.txt")
        #expect(try !StaticFiles(directory: folder.path + "/public").names.contains("x.txt"))
    }

    @Test func `a folder that is not there is named`() {
        #expect(throws: StaticFilesError.unreadable("/none/at/all")) { try StaticFiles(directory: "/none/at/all") }
    }

    @Test func `a large file is read when it is asked for`() async throws {
        let folder = Self.make()
        var options = StaticFiles.Options()
        options.maxFileInMemory = 9
        let files = try StaticFiles(directory: folder.path + "/public", options: options)
        var router = Router()
        files.addRoutes(to: &router)
        let responder = try router.freeze()
        let resolved = try #require(realpath(folder.path + "/public/a.txt", nil))
        defer { free(resolved) }
        let path = String(cString: resolved)
        let whole = await responder.respond(to: Request(.get, "/assets/\(files.hash)/a.txt"))
        #expect(whole.textBody == "file \(path) 0 10")
        let range: HTTPHeaders = ["Range": "bytes=2-4"]
        let part = await responder.respond(to: Request(.get, "/assets/\(files.hash)/a.txt", headers: range))
        #expect(part.textBody == "file \(path) 2 3")
        options.maxFileInMemory = 10
        #expect(try StaticFiles(directory: folder.path + "/public", options: options).hash == files.hash)
    }

    @Test func `what is kept in memory is limited in all`() async throws {
        let folder = Self.make()
        for (limit, kept) in [(10, true), (9, false)] {
            var options = StaticFiles.Options()
            options.maxInMemory = limit
            let files = try StaticFiles(directory: folder.path + "/public", options: options)
            var router = Router()
            files.addRoutes(to: &router)
            let response = try await router.freeze().respond(to: Request(.get, "/assets/\(files.hash)/a.txt"))
            #expect((response.textBody == "0123456789") == kept)
        }
    }

    @Test func `a folder of texts is read whole or refused`() throws {
        let folder = Self.make()
        let path = folder.path + "/public"
        #expect(
            try FolderReader.texts(in: path) == ["a.txt": "0123456789", "css/base.css": "a{}", "inside.txt": "a{}"])
        #expect(try FolderReader.texts(in: path, maximumCount: 3, maximumBytes: 10).count == 3)
        #expect(throws: StaticFilesError.tooManyFiles(limit: 2)) {
            try FolderReader.texts(in: path, maximumCount: 2)
        }
        #expect(throws: StaticFilesError.self) { try FolderReader.texts(in: path, maximumBytes: 9) }
        let file = fopen(path + "/a.txt", "w")
        fputc(0xff, file)
        fclose(file)
        #expect(throws: StaticFilesError.self) { try FolderReader.texts(in: path) }
    }

    /// Ways to spell "two folders up", as they have opened other servers.
    static let spellings = [
        "../../", "..%2f..%2f", "%2e%2e/%2e%2e/", "%2e%2e%2f%2e%2e%2f", "..%5c..%5c", "%2e%2e%5c%2e%2e%5c", "..\\..\\",
        "%252e%252e%252f", "..%252f..%252f", "..%c0%af..%c0%af", "%c0%ae%c0%ae/%c0%ae%c0%ae/", "..%e0%80%af",
        "....//....//",
        "..;/..;/", ".%2e/.%2e/", "%2e./%2e./", "..%00/", "..//..//", "./.././../", "%uff0e%uff0e/",
        "..%ef%bc%8f..%ef%bc%8f",
        "%2f", "//", "up/", "loop/../",
    ]

    @Test(arguments: spellings)
    func `no spelling leads out of the folder`(_ spelling: String) async throws {
        let folder = Self.make()
        let files = try StaticFiles(directory: folder.path + "/public")
        var router = Router()
        files.addRoutes(to: &router)
        let responder = try router.freeze()
        let prefixes = [
            "/", "/assets/", "/assets/\(files.hash)/", "/assets/\(files.hash)/css/", "/assets/\(files.hash)/a.txt/",
        ]
        for prefix in prefixes {
            for target in ["secret.txt", "etc/passwd", ".env", ".git/config", "public/.env"] {
                let response = await responder.respond(to: Request(.get, prefix + spelling + target))
                #expect([400, 404].contains(response.status.code), "\(prefix + spelling + target)")
                #expect(!response.textBody.contains("hunter2"))
            }
        }
    }
}
