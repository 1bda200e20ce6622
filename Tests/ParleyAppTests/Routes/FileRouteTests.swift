import Chat
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite struct FileRouteTests {
    private static let form: HTTPHeaders = ["Content-Type": "multipart/form-data; boundary=b"]

    /// A form of fields and a file, in this order.
    private static func body(_ parts: [(name: String, file: String?, content: String)]) -> String {
        parts.map { part in
            let file = part.file.map { "; filename=\"\($0)\"" } ?? ""
            return "--b\r\nContent-Disposition: form-data; name=\"\(part.name)\"\(file)\r\n\r\n\(part.content)\r\n"
        }.joined() + "--b--\r\n"
    }

    private static func upload(_ content: String, user: String = "ann", password: String = RouteHarness.password)
        -> String
    {
        body([("user_id", nil, user), ("password", nil, password), ("file", "a.txt", content)])
    }

    @Test
    func `an upload answers with the file in the dialect's form`() async throws {
        let server = try await RouteHarness()
        let answer = await server.ask(.post, "/chat/room/upload", Self.form, body: Self.upload("hello"))
        #expect(answer.status == .ok && answer.json["success"] == true)
        let file = try #require(answer.json["file"])
        #expect(file["filename"] == "a.txt" && file["size"] == 5 && file["uploaded_by"] == "ann")
        #expect(file["path"] == nil && file["type"] == "text/plain; charset=utf-8")
        let name = try #require(file["stored_filename"]?.stringValue)
        let got = await server.ask(.get, "/chat/room/files/\(name)?password=correct%20horse")
        #expect(String(decoding: got.content, as: UTF8.self) == "hello")
        #expect(got.headers.first("content-security-policy") == "sandbox; default-src 'none'")
        #expect(got.headers.first("cache-control") == "private")
        let saved = await server.ask(.get, "/chat/room/files/\(name)?password=correct%20horse&download")
        #expect(saved.headers.first("content-disposition")?.hasPrefix("attachment;") == true)
    }

    @Test(arguments: ["room", "nowhere"])
    func `who shows no proof is told the same in a room and in none`(room: String) async throws {
        let server = try await RouteHarness()
        for body in [
            Self.upload("x", password: "wrong"), Self.body([("file", "a", "x"), ("user_id", nil, "eve")]),
            Self.body([("file", "a", "x"), ("user_id", nil, "eve"), ("password", nil, "wrong")]),
        ] {
            let answer = await server.ask(.post, "/chat/\(room)/upload", Self.form, body: body)
            #expect(answer.line == Response.refusal(401, RouteHarness.denied))
        }
        let listed = await server.ask(.get, "/chat/\(room)/files")
        #expect(listed.line == Response.refusal(401, RouteHarness.denied))
        let native = await server.ask(.get, "/api/v1/rooms/\(room)/files")
        #expect(native.status == .unauthorized && native.json["error"]?["code"] == "access_denied")
    }

    @Test
    func `forms that cannot be are refused in the form of their path`() async throws {
        let server = try await RouteHarness()
        let two = Self.body([
            ("user_id", nil, "ann"), ("password", nil, RouteHarness.password), ("file", "a", "x"), ("file", "b", "y"),
        ])
        let none = Self.body([("user_id", nil, "ann")])
        for body in [two, none] {
            let answer = await server.ask(.post, "/chat/room/upload", Self.form, body: body)
            #expect(answer.status == .badRequest && answer.json["success"] == false)
            let native = await server.ask(.post, "/api/v1/rooms/room/files", Self.form, body: body)
            #expect(native.status == .badRequest && native.json["error"]?["code"] == "bad_request")
        }
        let broken = await server.ask(.post, "/api/v1/rooms/room/files", Self.form, body: "--c")
        #expect(broken.status == .badRequest && broken.json["error"]?["message"] != nil)
    }

    @Test
    func `limits answer with their own statuses, crossed by one`() async throws {
        let server = try await RouteHarness(["--file-size", "10", "--room-space", "15", "--file-types", "text"])
        func send(_ content: String) async -> Response {
            await server.ask(
                .post, "/api/v1/rooms/room/files?user_id=ann&password=correct%20horse", body: content)
        }
        let large = await send("12345678901")
        #expect(large.status == .contentTooLarge && large.json["error"]?["code"] == "too_large")
        let markup = await send("<svg>")
        #expect(markup.status == .unsupportedMediaType && markup.json["error"]?["code"] == "type_refused")
        #expect(await send("1234567890").status == .created)
        let full = await send("123456")
        #expect(full.status == .insufficientStorage && full.json["error"]?["code"] == "room_space")
        #expect(await send("12345").status == .created)
        let seed = await server.ask(.post, "/chat/room/upload", Self.form, body: Self.upload("x"))
        #expect(seed.status == .insufficientStorage && seed.json["success"] == false)
    }
}
