import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

/// The routes of the native API with an account that owns a room.
struct Club {
    let routes: RouteHarness
    let ann: TokenPair
    let bob: TokenPair

    init(_ arguments: [String] = []) async throws {
        routes = try await RouteHarness(arguments)
        ann = try await Self.logIn("ann", routes)
        bob = try await Self.logIn("bob", routes)
        _ = try await routes.chat.createRoom(.club(RouteHarness.password), by: ann.account)
    }

    private static func logIn(_ name: String, _ routes: RouteHarness) async throws -> TokenPair {
        let account = try await routes.accounts.register(Registration(handle: name, password: "secret123"))
        return try await routes.accounts.begin(account, on: Device())
    }

    /// Bob belongs to the room.
    func admitBob() async throws {
        let request = JoinRequest(
            room: "club", caller: Caller(.account(bob.account), proof: Proof(password: RouteHarness.password)),
            connection: "bob")
        _ = routes.chat.leave(try await routes.chat.join(request).membership)
    }

    func ask(
        _ method: HTTPMethod, _ path: String, _ content: JSONValue? = nil, as who: TokenPair? = nil
    ) async -> Response {
        await routes.ask(
            method, path, ["Authorization": "Bearer \((who ?? ann).access)"],
            body: content.map { String(decoding: JSONPrinter.text(of: $0), as: UTF8.self) } ?? "")
    }

    @discardableResult
    func post(_ text: String, _ more: [JSONValue.Member] = [], as who: TokenPair? = nil) async throws -> JSONValue {
        let answer = await ask(
            .post, "/api/v1/rooms/club/messages", .object([.init("message", .string(text))] + more), as: who)
        try #require(answer.status == .created, "\(answer.line)")
        return answer.json
    }

    static func code(_ response: Response) -> JSONValue? { response.json["error"]?["code"] }
}

@Suite("/api/v1/rooms/{room}/messages") struct NativeMessageTests {
    private func texts(_ response: Response) -> [String] {
        (response.json["messages"]?.arrayValue ?? []).compactMap { $0["message"]?.stringValue }
    }

    @Test func `a message is posted, read, edited, and removed`() async throws {
        let club = try await Club()
        let posted = try await club.post("hello", [.init("client_id", "c1")])
        let id = try #require(posted["id"]?.stringValue)
        #expect(posted["message"] == "hello" && posted["is_sent"] == true && posted["client_id"] == "c1")
        #expect(posted["sequence"] == 1 && posted["deleted"] == false && posted["pinned"] == false)
        #expect(posted["author_id"] == .string(club.ann.account.id.description))
        let path = "/api/v1/rooms/club/messages/\(id)"
        #expect(await club.ask(.get, path).json == posted)
        let edited = await club.ask(.patch, path, ["message": "other"])
        #expect(edited.status == .ok && edited.json["message"] == "other")
        #expect(edited.json["edited_at"] == "2024-01-01T00:00:00.000Z")
        #expect(await club.ask(.get, "\(path)/edits").json["edits"]?[0]?["message"] == "hello")
        #expect(await club.ask(.delete, path).status == .noContent)
        let gone = await club.ask(.get, path)
        #expect(gone.json["deleted"] == true && gone.json["message"] == "")
        #expect(gone.json["deleted_at"] == "2024-01-01T00:00:00.000Z")
        #expect(await club.ask(.delete, path).status == .notFound)
        #expect(await club.ask(.patch, path, ["message": "x"]).status == .notFound)
    }

    @Test func `pages go both ways, about a message and from a day, and say where to go on`() async throws {
        let club = try await Club()
        for number in 1...7 { try await club.post("\(number)") }
        let path = "/api/v1/rooms/club/messages"
        let expectations: [(String, [String], String?, String?)] = [
            ("", ["1", "2", "3", "4", "5", "6", "7"], nil, nil), ("?limit=2", ["6", "7"], "msg_6", nil),
            ("?limit=2&before=msg_6", ["4", "5"], "msg_4", "msg_5"),
            ("?limit=3&before=msg_3", ["1", "2"], nil, "msg_2"),
            ("?limit=2&after=msg_2", ["3", "4"], "msg_3", "msg_4"), ("?limit=2&after=msg_5", ["6", "7"], "msg_6", nil),
            ("?limit=3&around=msg_4", ["3", "4", "5"], "msg_3", "msg_5"),
            ("?limit=4&around=msg_1", ["1", "2", "3", "4"], nil, "msg_4"),
            ("?limit=1&around=msg_7", ["7"], "msg_7", nil), ("?date=2024-01-01&limit=2", ["1", "2"], nil, "msg_2"),
            ("?date=2023-12-31&limit=1", ["1"], nil, "msg_1"), ("?date=2024-01-02", [], nil, nil),
        ]
        for (query, expected, before, after) in expectations {
            let answer = await club.ask(.get, path + query)
            #expect(texts(answer) == expected, "\(query)")
            #expect(answer.json["before"] == before.map { .string($0) } ?? .null, "\(query)")
            #expect(answer.json["after"] == after.map { .string($0) } ?? .null, "\(query)")
        }
    }

    @Test func `what cannot be asked for is refused with the member that is wrong`() async throws {
        let club = try await Club(["--history-most", "100"])
        for (query, field) in [
            ("limit=0", "limit"), ("limit=x", "limit"), ("date=2024-13-01", "date"), ("date=2023-02-29", "date"),
            ("before=x", "message_id"),
        ] {
            let answer = await club.ask(.get, "/api/v1/rooms/club/messages?\(query)")
            #expect(
                answer.status == .unprocessableContent && answer.json["error"]?["field"] == .string(field), "\(query)")
        }
        #expect(await club.ask(.get, "/api/v1/rooms/club/messages?around=msg_9").status == .notFound)
        #expect(await Club.code(club.ask(.get, "/api/v1/rooms/club/messages", as: club.bob)) == "access_denied")
        #expect(await Club.code(club.ask(.get, "/api/v1/rooms/nowhere/messages")) == "access_denied")
        #expect(await club.ask(.post, "/api/v1/rooms/club/messages", [:]).status == .unprocessableContent)
        let blank = await club.ask(.post, "/api/v1/rooms/club/messages", ["message": " "])
        #expect(blank.json["error"]?["field"] == "message")
    }

    @Test func `replies and threads`() async throws {
        let club = try await Club()
        let root = try #require(try await club.post("root")["id"]?.stringValue)
        let reply = try await club.post("reply", [.init("reply_to", .string(root))])
        #expect(reply["reply_to"] == .string(root))
        let inside = try await club.post("inside", [.init("thread", .string(root))])
        #expect(inside["thread"] == .string(root))
        let path = "/api/v1/rooms/club/messages/\(root)"
        #expect(await texts(club.ask(.get, "\(path)/thread")) == ["inside"])
        let first = await club.ask(.get, path).json
        #expect(first["replies"] == 1 && first["last_reply_at"]?.stringValue?.hasPrefix("2024-01-01T") == true)
        let lost = await club.ask(.post, "/api/v1/rooms/club/messages", ["message": "x", "reply_to": "msg_99"])
        #expect(lost.status == .notFound)
    }

    @Test func `reactions are put and deleted, as often as one likes`() async throws {
        let club = try await Club()
        let id = try #require(try await club.post("root")["id"]?.stringValue)
        let path = "/api/v1/rooms/club/messages/\(id)/reactions/%F0%9F%91%8D"
        for _ in 0..<2 {
            #expect(await club.ask(.put, path).json["reactions"] == ["👍": ["ann"]])
        }
        for _ in 0..<2 { #expect(await club.ask(.delete, path).json["reactions"] == [:]) }
        let text = await club.ask(.put, "/api/v1/rooms/club/messages/\(id)/reactions/text")
        #expect(text.json["error"]?["field"] == "reaction")
    }

    @Test func `moderators pin and remove what others wrote; others do not`() async throws {
        let club = try await Club()
        try await club.admitBob()
        let id = try #require(try await club.post("of ann")["id"]?.stringValue)
        let (pin, path) = ("/api/v1/rooms/club/pins/\(id)", "/api/v1/rooms/club/messages/\(id)")
        #expect(await Club.code(club.ask(.put, pin, as: club.bob)) == "moderator_needed")
        #expect(await Club.code(club.ask(.delete, path, as: club.bob)) == "not_author")
        #expect(await Club.code(club.ask(.patch, path, ["message": "x"], as: club.bob)) == "not_author")
        #expect(await club.ask(.put, pin).status == .noContent)
        let pins = await club.ask(.get, "/api/v1/rooms/club/pins", as: club.bob).json["pins"]
        #expect(pins?[0]?["message"]?["id"] == .string(id) && pins?[0]?["pinned_by"] == "ann")
        #expect(await club.ask(.delete, pin).status == .noContent)
        #expect(await club.ask(.get, "/api/v1/rooms/club/pins").json == ["pins": []])
        let ofBob = try #require(try await club.post("of bob", as: club.bob)["id"]?.stringValue)
        #expect(await club.ask(.delete, "/api/v1/rooms/club/messages/\(ofBob)").status == .noContent)
    }
}

@Suite("What was read, over REST") struct NativeReadTests {
    @Test func `unread counts and mentions of an account`() async throws {
        let club = try await Club(["--unread-most", "2"])
        try await club.admitBob()
        for number in 1...3 { try await club.post("\(number) @bob") }
        let unread = await club.ask(.get, "/api/v1/me/unread", as: club.bob).json
        #expect(
            unread == [
                "rooms": [["room": "club", "unread": 2, "is_more": true, "mentions": 2, "read": 0, "last": 3]],
                "next": .null,
            ])
        let path = "/api/v1/rooms/club/read"
        #expect(await club.ask(.put, path, ["message_id": "msg_2"], as: club.bob).json == ["sequence": 2])
        #expect(await club.ask(.put, path, ["sequence": 1], as: club.bob).json == ["sequence": 2])
        #expect(await club.ask(.get, "/api/v1/me/unread", as: club.bob).json["rooms"]?[0]?["unread"] == 1)
        #expect(
            await club.ask(.put, "/api/v1/rooms/club/unread", ["sequence": 1], as: club.bob).json == ["sequence": 0])
        #expect(await club.ask(.put, path, [:], as: club.bob).json["error"]?["field"] == "sequence")
        let mentions = await club.ask(.get, "/api/v1/me/mentions?limit=2", as: club.bob).json
        #expect(mentions["mentions"]?.arrayValue?.count == 2 && mentions["before"] == "msg_2")
        let rest = await club.ask(.get, "/api/v1/me/mentions?limit=2&before=msg_2", as: club.bob).json
        #expect(rest["mentions"]?[0]?["message"] == "1 @bob" && rest["before"] == .null)
        #expect(await club.routes.ask(.get, "/api/v1/me/unread").status == .unauthorized)
        #expect(await club.routes.ask(.get, "/api/v1/me/mentions").status == .unauthorized)
    }

    @Test func `who has read how far, but for those who do not want it told`() async throws {
        let club = try await Club()
        try await club.admitBob()
        try await club.post("x")
        for who in [club.ann, club.bob] {
            _ = await club.ask(.put, "/api/v1/rooms/club/read", ["sequence": 1], as: who)
        }
        #expect(await club.ask(.get, "/api/v1/me/receipts").json == ["enabled": true])
        #expect(await club.ask(.put, "/api/v1/me/receipts", ["enabled": false]).json == ["enabled": false])
        #expect(await club.ask(.put, "/api/v1/me/receipts", ["enabled": "no"]).status == .unprocessableContent)
        let reads = await club.ask(.get, "/api/v1/rooms/club/reads").json["reads"]
        #expect(reads?.arrayValue?.compactMap { $0["user_id"]?.stringValue } == ["bob"])
    }
}

@Suite("Later routes of the Socket.IO dialect, about messages") struct LaterRouteTests {
    private func token(_ routes: RouteHarness) async throws -> HTTPHeaders {
        ["Authorization": "Bearer \(try await routes.token())"]
    }

    @Test func `a sender removes a message; one who is neither sender nor moderator is forbidden to`() async throws {
        let routes = try await RouteHarness()
        let password: JSONValue.Member = .init("password", .string(RouteHarness.password))
        let join = JoinRequest(
            room: "room", caller: Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password)),
            connection: "1")
        let ann = try await routes.chat.join(join)
        let message = try await routes.chat.post("x", by: ann.membership)
        let path = "/chat/room/messages/msg_\(message.id)"
        func remove(_ members: [JSONValue.Member]) async -> Response {
            await routes.ask(
                .delete, path, body: String(decoding: JSONPrinter.text(of: .object(members)), as: UTF8.self))
        }
        #expect(await remove([]).status == .badRequest)
        #expect(await remove([.init("user_id", "bob")]).status == .unauthorized)
        #expect(
            await remove([.init("user_id", "bob"), password]).line
                == Response.refusal(
                    403, "Only its author may do this to a message; ask them, or a moderator to remove it."))
        let own = [
            JSONValue.Member("user_id", "ann"), .init("guest_token", .string(ann.guestToken ?? "")), password,
        ]
        #expect(await remove(own).line == #"200 {"success":true,"message":"Message deleted!"}"#)
        #expect(await remove(own).status == .notFound)
        let history = await routes.ask(.get, "/chat/room/messages", try await token(routes))
        #expect(history.line == "200 []")
    }

    @Test func `messages are marked as read`() async throws {
        let routes = try await RouteHarness()
        let caller = Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password))
        for number in 1...2 { _ = try await routes.chat.post("\(number)", in: "room", by: caller) }
        let content: JSONValue = [
            "user_id": "bob", "password": .string(RouteHarness.password), "message_ids": ["msg_1", "msg_2", "msg_7"],
        ]
        let answer = await routes.post("/chat/room/messages/mark_read", content)
        #expect(answer.line == #"200 {"success":true,"updated_messages":2,"message":"2 messages marked as read!"}"#)
        let bad = await routes.post("/chat/room/messages/mark_read", ["user_id": "bob", "message_ids": "msg_1"])
        #expect(bad.line == Response.refusal(400, "Send the ids of messages as the list message_ids."))
    }

    @Test func `a room is cleared with its password, as JSON or a form, and not without`() async throws {
        let routes = try await RouteHarness()
        let caller = Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password))
        for isForm in [false, true] {
            _ = try await routes.chat.post("x", in: "room", by: caller)
            for content in [[:], ["password": "wrong"]] as [JSONValue] {
                #expect(
                    await routes.post("/chat/room/clear", content).line == Response.refusal(401, RouteHarness.denied))
            }
            let answer =
                isForm
                ? await routes.post("/chat/room/clear", form: "password=correct+horse")
                : await routes.post("/chat/room/clear", ["password": .string(RouteHarness.password)])
            #expect(answer.line == #"200 {"success":true,"message":"Chat cleared!"}"#)
            #expect(await routes.ask(.get, "/chat/room/messages", try await token(routes)).line == "200 []")
        }
    }
}

extension RoomDraft {
    /// The password room `club`.
    static func club(_ password: String) -> RoomDraft {
        var draft = RoomDraft(id: "club", kind: .password)
        draft.password = password
        return draft
    }
}
