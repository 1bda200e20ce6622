import Accounts
import Chat
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite("/api/v1/rooms/{room}/changes and …/uploads") struct ChangeRouteTests {
    private static let changes = "/api/v1/rooms/club/changes"
    private static let uploads = "/api/v1/rooms/club/uploads"

    private func texts(_ response: Response) -> [String] {
        (response.json["messages"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
    }

    @Test func `who was away is told what was changed, from where they were on`() async throws {
        let club = try await Club()
        let id = try #require(try await club.post("first")["id"]?.stringValue)
        let start = try #require(await club.ask(.get, Self.changes).json["revision"]?.integerValue)
        _ = await club.ask(.patch, "/api/v1/rooms/club/messages/\(id)", ["message": "second"])
        try await club.post("new")
        let answer = await club.ask(.get, "\(Self.changes)?since=\(start)")
        #expect(texts(answer) == ["second"] && answer.json["messages"]?[0]?["sequence"] == 1)
        #expect(answer.json["revision"] == .integer(Int64(start) + 1) && answer.json["more"] == false)
        #expect(answer.json["oldest"] == 1 && answer.json["reset"] == false)
        let none = await club.ask(.get, "\(Self.changes)?since=\(start + 1)")
        #expect(none.json["messages"] == [] && none.headers.first("cache-control") == "no-store")
        #expect(await club.ask(.get, "\(Self.changes)?since=\(start + 2)").json["reset"] == true)
    }

    @Test func `a revision or a limit that cannot be is refused, and so is who may not read`() async throws {
        let club = try await Club()
        for (query, field) in [
            ("since=x", "since"), ("since=-1", "since"), ("since=0&limit=x", "limit"), ("limit=0", "limit"),
        ] {
            let answer = await club.ask(.get, "\(Self.changes)?\(query)")
            #expect(
                answer.status == .unprocessableContent && answer.json["error"]?["field"] == .string(field), "\(query)")
        }
        for room in ["club", "nowhere"] {
            let answer = await club.ask(.get, "/api/v1/rooms/\(room)/changes", as: club.bob)
            #expect(answer.status == .unauthorized && Club.code(answer) == "access_denied")
        }
    }

    @Test func `files are uploaded first, and attached to one message`() async throws {
        let club = try await Club()
        let head: HTTPHeaders = ["Authorization": "Bearer \(club.ann.access)"]
        var ids: [JSONValue] = []
        for name in ["a.txt", "b.txt"] {
            let answer = await club.routes.ask(.post, "\(Self.uploads)?name=\(name)", head, body: "hello")
            #expect(answer.status == .created && answer.json["name"] == .string(name) && answer.json["size"] == 5)
            #expect(answer.json["message_id"] == nil && answer.json["url"] == nil)
            #expect(answer.json["expires_at"] == "2024-01-01T01:00:00.000Z")
            ids.append(try #require(answer.json["id"]))
        }
        let posted = await club.ask(.post, "/api/v1/rooms/club/messages", ["attachments": .array(ids)])
        #expect(posted.status == .created && posted.json["message"] == "")
        #expect(posted.json["attachments"]?.arrayValue?.compactMap { $0["name"] } == ["a.txt", "b.txt"])
        let again = await club.ask(.post, "/api/v1/rooms/club/messages", ["message": "x", "attachments": .array(ids)])
        #expect(again.status == .notFound && Club.code(again) == "not_found")
        let path = "/api/v1/rooms/club/messages/\(posted.json["id"]?.stringValue ?? "")"
        let edited = await club.ask(.patch, path, ["message": "words"])
        #expect(edited.json["attachments"] == posted.json["attachments"])
    }

    @Test func `what names no files is refused, and a file that waits can be dropped by its uploader`() async throws {
        let club = try await Club(["--files-per-message", "1", "--pending-files", "1"])
        try await club.admitBob()
        let head: HTTPHeaders = ["Authorization": "Bearer \(club.ann.access)"]
        let first = await club.routes.ask(.post, Self.uploads, head, body: "hello")
        let id = try #require(first.json["id"])
        let second = await club.routes.ask(.post, Self.uploads, head, body: "hello")
        #expect(second.status == .conflict && Club.code(second) == "full")
        for files: JSONValue in ["x", [1], [id, id, "y"]] {
            let answer = await club.ask(.post, "/api/v1/rooms/club/messages", ["message": "x", "attachments": files])
            #expect(answer.status == .unprocessableContent && answer.json["error"]?["field"] == "attachments")
        }
        let path = "\(Self.uploads)/\(id.stringValue ?? "")"
        #expect(await club.ask(.delete, path, as: club.bob).status == .notFound)
        #expect(await club.ask(.delete, path).status == .noContent)
        #expect(await club.ask(.delete, path).status == .notFound)
        let guest = await club.routes.ask(
            .post, "\(Self.uploads)?user_id=eve&password=correct%20horse", body: "hello")
        #expect(guest.status == .unprocessableContent && guest.json["error"]?["field"] == "guest_token")
    }
}
