import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// What later clients of the Socket.IO dialect do with messages over REST.
extension ChatController {
    func addMessageRoutes(to router: inout Router) {
        router.delete("/chat/{room}/messages/{id}") { request in try await remove(request) }
        router.post("/chat/{room}/messages/mark_read") { request in try await markRead(request) }
        router.get("/chat/{room}/search") { request in try await search(request) }
        router.post("/chat/{room}/clear") { request in try await clear(request) }
    }

    private nonisolated(nonsending) func remove(_ request: Request) async throws -> Response {
        let (room, id) = (try request.parameter("room"), try request.parameter("id"))
        let caller = try await caller(request, .writeMessages)
        _ = try await answering { () throws(ChatError) in
            try await chat.remove(try MessageReference(id), in: room, by: caller)
        }
        return .json(["success": true, "message": "Message deleted!"])
    }

    private nonisolated(nonsending) func markRead(_ request: Request) async throws -> Response {
        let room = try request.parameter("room")
        guard let named = MessageSpelling.list(try request.fields(limits: json)["message_ids"]) else {
            return .refusal("Send the ids of messages as the list message_ids.", status: .badRequest)
        }
        let caller = try await caller(request, .readMessages)
        let change = try await answering { () throws(ChatError) in
            try await chat.markRead(named, in: room, by: caller)
        }
        let count = change.messages.count
        return .json([
            "success": true, "updated_messages": JSONValue(count),
            "message": .string("\(count) message\(count == 1 ? "" : "s") marked as read!"),
        ])
    }

    private nonisolated(nonsending) func clear(_ request: Request) async throws -> Response {
        let (room, caller) = (try request.parameter("room"), try await caller(request, .moderate))
        try await answering { () throws(ChatError) in try await chat.clear(room, for: caller) }
        return .json(["success": true, "message": "Chat cleared!"])
    }

    private nonisolated(nonsending) func search(_ request: Request) async throws -> Response {
        let (room, caller) = (try request.parameter("room"), try await caller(request, .readMessages))
        let text = try request.query.first("query") ?? ""
        if let seconds = rates.take(.message, from: request.remoteAddress) {
            return .refusal("You search too often; try again in \(seconds) seconds.", status: .tooManyRequests)
                .with("Retry-After", String(seconds))
        }
        let page = try await answering { () throws(ChatError) in
            try await chat.search(SearchRequest(text), in: room, for: caller)
        }
        return Response.json([
            "success": true, "query": .string(text),
            "results": try SearchJSON.plain(page, reader: caller.reader), "result_count": JSONValue(page.hits.count),
        ]).with("Cache-Control", "no-store")
    }

    /// Who asks, by the body's members or the query's.
    private nonisolated(nonsending) func caller(_ request: Request, _ scope: Scope) async throws -> Caller {
        try await callers.caller(
            of: request, scope, showing: Shown(dialect: request, try request.fields(limits: json)))
    }
}
