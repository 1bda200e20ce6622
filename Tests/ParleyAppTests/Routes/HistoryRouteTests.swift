import Chat
import HTTPWire
import JSON
import Routing
import Testing

@testable import ParleyApp

@Suite("GET /chat/{room}/messages") struct HistoryRouteTests {
    /// A room with `count` messages, `1`, `2` …, and what opens it.
    private static func room(
        _ count: Int, _ arguments: [String] = []
    ) async throws -> (routes: RouteHarness, token: String) {
        let routes = try await RouteHarness(arguments)
        let caller = Caller(.guest(name: "ann"), proof: Proof(password: RouteHarness.password))
        for number in 0..<count { _ = try await routes.chat.post("\(number + 1)", in: "room", by: caller) }
        return (routes, try await routes.token())
    }

    private static func page(_ routes: RouteHarness, _ token: String, _ query: String = "") async -> Response {
        await routes.ask(.get, "/chat/room/messages\(query)", ["Authorization": "Bearer \(token)"])
    }

    private static func numbers(_ response: Response) -> [Int] {
        (response.json.arrayValue ?? []).compactMap { $0["message"]?.stringValue.flatMap { Int($0) } }
    }

    @Test func `history is a bare array with all keys, and marks the reader's own`() async throws {
        let (routes, token) = try await Self.room(1)
        let answer = await Self.page(routes, token, "?user_id=ann")
        #expect(
            answer.line
                == #"200 [{"id":"msg_1","room":"room","user_id":"ann","username":"ann","message":"1","timestamp":"#
                + #"1704067200000,"date":"2024-01-01","time":"12:00 AM","is_sent":true,"reactions":{},"reaction_counts":{}}]"#
        )
        #expect(answer.headers.values("content-type") == ["application/json"])
        #expect(answer.headers.values("cache-control") == ["no-store"])
        #expect(await Self.page(routes, token, "?user_id=bob").json[0]?["is_sent"] == false)
        #expect(await Self.page(routes, token).json[0]?["is_sent"] == false)
    }

    @Test func `a page has the newest, oldest first, as many as asked for`() async throws {
        let (routes, token) = try await Self.room(30, ["--history-default", "20", "--history-most", "25"])
        for (query, expected) in [
            ("", Array(11...30)), ("?limit=1", [30]), ("?limit=25", Array(6...30)), ("?limit=26", Array(6...30)),
            ("?limit=9223372036854775807", Array(6...30)), ("?limit=3&before=msg_10", [7, 8, 9]),
            ("?limit=3&after=msg_10", [11, 12, 13]), ("?before=msg_1", []), ("?after=msg_30", []),
            ("?limit=3&before=1704067200009", [7, 8, 9]),
        ] {
            #expect(await Self.numbers(Self.page(routes, token, query)) == expected, "\(query)")
        }
    }

    @Test(arguments: [
        ("limit=0", "Ask for 1 to 1000 messages at once."), ("limit=-1", "Ask for 1 to 1000 messages at once."),
        ("limit=x", "Ask for 1 to 1000 messages at once."), ("limit=", "Ask for 1 to 1000 messages at once."),
        ("limit=1e2", "Ask for 1 to 1000 messages at once."),
        ("limit=9223372036854775808", "Ask for 1 to 1000 messages at once."),
        ("before=x", "A message is named by its id or its timestamp."),
        ("before=", "A message is named by its id or its timestamp."),
        ("after=-1", "A message is named by its id or its timestamp."),
        ("after=9999999999999999999999", "A message is named by its id or its timestamp."),
    ])
    func `a page that cannot be is refused`(query: String, sentence: String) async throws {
        let (routes, token) = try await Self.room(1)
        #expect(await Self.page(routes, token, "?\(query)").line == Response.refusal(400, sentence))
    }

    @Test func `a query that is not percent-encoded is refused`() async throws {
        let (routes, token) = try await Self.room(1)
        #expect(await Self.page(routes, token, "?limit=%zz").status == .badRequest)
    }

    @Test func `history needs a proof, and a missing room has none`() async throws {
        let (routes, _) = try await Self.room(1)
        for target in ["/chat/room/messages", "/chat/nowhere/messages", "/chat/nowhere/messages?password=x"] {
            #expect(await routes.ask(.get, target).line == Response.refusal(401, RouteHarness.denied), "\(target)")
        }
        let answer = await routes.ask(.get, "/chat/room/messages?password=correct+horse")
        #expect(Self.numbers(answer) == [1])
        #expect(
            await routes.ask(.get, "/chat/room/messages?password=wrong").line
                == Response.refusal(401, RouteHarness.denied))
    }

    @Test func `an answer to HEAD is that to GET`() async throws {
        let (routes, token) = try await Self.room(2)
        let head = await routes.ask(.head, "/chat/room/messages", ["Authorization": "Bearer \(token)"])
        #expect(await head.line == Self.page(routes, token).line)
    }

    @Test func `a room's name may be any text, percent-encoded`() async throws {
        let (routes, _) = try await Self.room(0)
        try await routes.chat.createRoom("a/b ?é", password: "x")
        #expect(await routes.ask(.get, "/chat/a%2Fb%20%3F%C3%A9/messages?password=x").line == "200 []")
        let long = String(repeating: "x", count: 65)
        #expect(
            await routes.ask(.get, "/chat/\(long)/messages").line
                == Response.refusal(400, "A room id has 1 to 64 visible characters, without spaces at its ends."))
    }
}
