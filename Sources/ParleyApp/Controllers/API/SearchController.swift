import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/search` over all rooms of an account, `/api/v1/rooms/{room}/search` in one, and `/chat/{room}/search` for clients
/// of the Socket.IO dialect.
struct SearchController: Sendable {
    let chat: Chat
    let callers: Callers
    let rates: EventRates

    func addRoutes(to router: inout Router) {
        router.get("/api/v1/search") { request in try await searchAll(request) }
        router.get("/api/v1/rooms/{room}/search") { request in try await searchRoom(request) }
    }

    private nonisolated(nonsending) func searchAll(_ request: Request) async throws -> Response {
        let caller = try await caller(request)
        guard let account = caller.person.account else { throw APIError(.notLoggedIn) }
        return try await answer(request, caller) { (search) throws(ChatError) in
            try await chat.search(search, for: account, proof: caller.proof)
        }
    }

    private nonisolated(nonsending) func searchRoom(_ request: Request) async throws -> Response {
        let (room, caller) = (try request.parameter("room"), try await caller(request))
        return try await answer(request, caller) { (search) throws(ChatError) in
            try await chat.search(search, in: room, for: caller)
        }
    }

    private nonisolated(nonsending) func caller(_ request: Request) async throws -> Caller {
        try await callers.caller(of: request, .readMessages, showing: Shown(inRoom: request))
    }

    private nonisolated(nonsending) func answer(
        _ request: Request, _ caller: Caller, _ search: (SearchRequest) async throws(ChatError) -> SearchPage
    ) async throws -> Response {
        if let seconds = rates.take(.message, from: request.remoteAddress) {
            throw APIError.tooMany("You search too often; try again in \(seconds) s.", retryAfter: seconds)
        }
        let query = try request.query
        let page = try await asked { () throws(ChatError) in
            var wanted = SearchRequest(query.first("q") ?? "")
            wanted.limit = try query.first("limit").map { (text) throws(ChatError) in
                guard let number = Int(text) else { throw .invalid(.searchLimit(most: chat.options.limits.searchMost)) }
                return number
            }
            wanted.context = query.first("context").flatMap { Int($0) } ?? 0
            if let before = query.first("before") {
                guard case .id(let id) = try MessageReference(before) else { throw .invalid(.messageReference) }
                wanted.before = id
            }
            return try await search(wanted)
        }
        return Response.json(try SearchJSON.native(page, reader: caller.reader)).with("Cache-Control", "no-store")
    }
}

/// How what was found is shown.
enum SearchJSON {
    /// Messages as the native API shows them, with what stands about each.
    static func native(_ page: SearchPage, reader: String?) throws -> JSONValue {
        let results = try page.hits.map { hit -> JSONValue in
            func form(_ message: Message) throws -> JSONValue {
                try MessageJSON(message: message, room: hit.room.id).native(isSent: message.author.text == reader)
            }
            return [
                "message": try form(hit.message), "before": .array(try hit.before.map(form)),
                "after": .array(try hit.after.map(form)),
            ]
        }
        return ["results": .array(results), "before": next(page), "scanned": JSONValue(page.scanned)]
    }

    /// Messages as history shows them.
    static func plain(_ page: SearchPage, reader: String?) throws -> JSONValue {
        .array(
            try page.hits.map { hit in
                try JSONParser.parse(
                    MessageJSON(message: hit.message, room: hit.room.id).encoded(
                        isSent: hit.message.author.text == reader, withReactions: true))
            })
    }

    /// From where to go on; `null` where all was looked at.
    static func next(_ page: SearchPage) -> JSONValue {
        page.next.map { .string(MessageJSON.id(of: $0)) } ?? .null
    }
}
