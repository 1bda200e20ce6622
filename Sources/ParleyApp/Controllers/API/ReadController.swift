import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// What was read and what was not: `/api/v1/rooms/{room}/read…`, `/api/v1/me/unread`, `/api/v1/me/mentions`.
struct ReadController: Sendable {
    let chat: Chat
    let callers: Callers
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.get("/api/v1/rooms/{room}/reads") { request in try await reads(request) }
        router.put("/api/v1/rooms/{room}/read") { request in try await setRead(request, isUnread: false) }
        router.put("/api/v1/rooms/{room}/unread") { request in try await setRead(request, isUnread: true) }
        router.group("/api/v1/me") { group in
            group.get("/unread") { request in try await unread(request) }
            group.get("/mentions") { request in try await mentions(request) }
            group.get("/receipts") { request in try await receipts(request) }
            group.put("/receipts") { request in try await setReceipts(request) }
        }
    }

    private nonisolated(nonsending) func reads(_ request: Request) async throws -> Response {
        let (room, caller) = (
            try request.parameter("room"),
            try await callers.caller(
                of: request, .readMessages, showing: Shown(inRoom: request))
        )
        let marks = try await asked { () throws(ChatError) in try await chat.readMarks(in: room, for: caller) }
        let list = marks.map { mark -> JSONValue in
            [
                "user_id": .string(mark.user.text), "sequence": .integer(mark.sequence),
                "read_at": AccountJSON.time(mark.time),
            ]
        }
        return Response.json(["reads": .array(list)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func setRead(_ request: Request, isUnread: Bool) async throws -> Response {
        let (room, fields) = (try request.parameter("room"), try request.fields(limits: json))
        let caller = try await callers.caller(
            of: request, .readMessages, showing: Shown(inRoom: request, fields))
        let change = try await asked { () throws(ChatError) in
            let name = try ReadPlace.Name(
                MessageSpelling(fields["message_id"]), fields["sequence"]?.integerValue.map { Int64($0) })
            return try await chat.setRead(ReadPlace(name, isUnread: isUnread), in: room, by: caller)
        }
        return .json(["sequence": .integer(change.sequence)])
    }

    // MARK: Of the account

    private nonisolated(nonsending) func unread(_ request: Request) async throws -> Response {
        let (account, after) = (try await account(request), try request.query.first("after"))
        let page = try await asked { () throws(ChatError) in try await chat.unread(of: account, after: after) }
        let most = Int64(chat.options.limits.unreadMost)
        let list = page.rooms.map { room -> JSONValue in
            [
                "room": .string(room.room.text), "unread": .integer(room.count),
                "is_more": .bool(room.last - room.read > most), "mentions": .integer(room.mentions),
                "read": .integer(room.read), "last": .integer(room.last),
            ]
        }
        let next = page.hasMore ? page.rooms.last.map { JSONValue.string($0.room.text) } : nil
        return Response.json(["rooms": .array(list), "next": next ?? .null]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func mentions(_ request: Request) async throws -> Response {
        let caller = try await callers.caller(
            of: request, .readMessages, showing: Shown(inRoom: request))
        guard let account = caller.person.account else { throw APIError(.notLoggedIn) }
        let query = try request.query
        let page = try await asked { () throws(ChatError) in
            var end: MessageID?
            if let text = query.first("before") {
                guard case .id(let id) = try MessageReference(text) else { throw .invalid(.messageReference) }
                end = id
            }
            let most = chat.options.limits.mentionsMost
            let limit = try query.first("limit").map { (text) throws(ChatError) in
                guard let number = Int(text) else { throw .invalid(.historyLimit(most: most)) }
                return number
            }
            return try await chat.mentions(of: account, before: end, limit: limit, proof: caller.proof)
        }
        let list = try page.entries.map { entry in
            try MessageJSON(message: entry.message, room: entry.room.id).native(isSent: false)
        }
        let next = page.next.map { JSONValue.string(MessageJSON.id(of: $0)) }
        return Response.json(["mentions": .array(list), "before": next ?? .null]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func receipts(_ request: Request) async throws -> Response {
        let account = try await account(request)
        let areTold = try await asked { () throws(ChatError) in try await chat.receipts(of: account) }
        return Response.json(["enabled": .bool(areTold)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func setReceipts(_ request: Request) async throws -> Response {
        let account = try await account(request)
        guard let areTold = try request.fields(limits: json)["enabled"]?.boolValue else {
            throw APIError(
                status: .unprocessableContent, code: "missing", message: "Send `enabled` as true or false.",
                field: "enabled")
        }
        try await asked { () throws(ChatError) in try await chat.setReceipts(areTold, of: account) }
        return .json(["enabled": .bool(areTold)])
    }

    private nonisolated(nonsending) func account(_ request: Request) async throws(IdentityRefusal) -> Account {
        try await callers.identity(of: request, .scope(.readMessages)).account
    }
}
