import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms…` and `/api/v1/me/rooms…`: which rooms there are, what they are, and who makes and changes them.
struct RoomsController: Sendable {
    let chat: Chat
    let callers: Callers
    /// Rooms that one address may make; `nil` for any number.
    let creations: RateLimiter<Subscriber>?
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await create(request) }
            group.get("/{room}") { request in try await show(request) }
            group.patch("/{room}") { request in try await change(request) }
            group.delete("/{room}") { request in try await delete(request) }
            group.put("/{room}/password") { request in try await changePassword(request) }
            group.post("/{room}/join") { request in try await enter(request) }
        }
        router.get("/api/v1/me/rooms") { request in try await own(request) }
        router.delete("/api/v1/me/rooms/{room}") { request in try await leave(request) }
    }

    // MARK: Lists

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        let (caller, page) = (try await callers.caller(of: request, .readRooms), try ListPage(request))
        let text = try request.query.first("query") ?? ""
        let rooms = try await asked { () throws(ChatError) in
            try await chat.openRooms(
                matching: text, for: caller.person.account, after: page.after, limit: page.limit)
        }
        return answer(rooms)
    }

    private nonisolated(nonsending) func own(_ request: Request) async throws -> Response {
        let (account, page) = (try await account(request, .readRooms), try ListPage(request))
        let rooms = try await asked { () throws(ChatError) in
            try await chat.rooms(of: account, after: page.after, limit: page.limit)
        }
        return answer(rooms)
    }

    private func answer(_ rooms: [RoomSummary]) -> Response {
        Response.json([
            "rooms": .array(rooms.map(RoomJSON.summary)),
            // To be given as `after`; there is nothing more where the next page is empty.
            "next": rooms.last.map { .string($0.id.text) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    // MARK: One room

    private nonisolated(nonsending) func show(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .readRooms), try request.parameter("room"))
        let summary = try await asked { () throws(ChatError) in try await chat.summary(of: room, for: caller) }
        return Response.json(RoomJSON.summary(summary)).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func create(_ request: Request) async throws -> Response {
        let account = try await account(request, .writeRooms)
        let fields = try request.fields(limits: json)
        guard let kind = RoomInfo.Kind(rawValue: fields.text("kind") ?? RoomInfo.Kind.open.rawValue) else {
            throw APIError.invalid("kind", "A room is public, password, private or direct.")
        }
        if let seconds = creations?.take(Subscriber(request.remoteAddress)) {
            throw APIError.tooMany(
                "Too many rooms from your address; try again in \(seconds) seconds.", retryAfter: seconds)
        }
        var draft = RoomDraft(id: fields.text("id"), kind: kind)
        draft.name = fields.text("name") ?? ""
        draft.topic = fields.text("topic") ?? ""
        draft.password = fields.text("password")
        draft.people = fields["people"]?.texts ?? []
        let summary = try await asked { () throws(ChatError) in
            let room = try await chat.createRoom(draft, by: account)
            return try await chat.summary(of: room.id.text, for: Caller(.account(account)))
        }
        return .json(RoomJSON.summary(summary), status: .created)
    }

    private nonisolated(nonsending) func change(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let change = try RoomChange(try request.fields(limits: json))
        let info = try await asked { () throws(ChatError) in try await chat.configure(room, change, for: caller) }
        return .json(RoomJSON.info(info, of: RoomID(trusted: room)))
    }

    private nonisolated(nonsending) func changePassword(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let password = try request.fields(limits: json).required("password")
        try await asked { () throws(ChatError) in
            try await chat.changePassword(of: room, to: password, for: caller)
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        try await asked { () throws(ChatError) in try await chat.deleteRoom(room, for: caller) }
        return Response(.noContent)
    }

    // MARK: Coming and going

    private nonisolated(nonsending) func enter(_ request: Request) async throws -> Response {
        let (room, fields) = (try request.parameter("room"), try request.fields(limits: json))
        let shown = Shown(password: fields.text("password"), token: fields.text("token"))
        let caller = try await callers.caller(of: request, .writeRooms, showing: shown)
        let summary = try await asked { () throws(ChatError) in
            _ = try await chat.enter(room, as: caller)
            return try await chat.summary(of: room, for: caller)
        }
        return .json(RoomJSON.summary(summary))
    }

    private nonisolated(nonsending) func leave(_ request: Request) async throws -> Response {
        let (account, room) = (try await account(request, .writeRooms), try request.parameter("room"))
        try await asked { () throws(ChatError) in try await chat.giveUp(room, by: account) }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func account(_ request: Request, _ scope: Scope) async throws -> Account {
        try await callers.identity(of: request, .scope(scope)).account
    }
}

/// Which page of a list a request asks for.
struct ListPage {
    let after: String?
    let limit: Int?

    init(_ request: Request) throws {
        let query = try request.query
        after = query.first("after")
        limit = query.first("limit").flatMap { Int($0) }
        if limit == nil, query.first("limit") != nil {
            throw APIError.invalid("limit", "The limit is a whole number.")
        }
    }
}

extension RoomChange {
    /// What a request wants otherwise; a member that is `null` is set back to the server's default.
    fileprivate init(_ fields: JSONValue) throws(APIError) {
        self.init()
        name = try fields.string("name")
        topic = try fields.string("topic")
        switch fields["archived"] {
        case nil: break
        case .bool(let value)?: isArchived = value
        default: throw .invalid("archived", "The member archived is true or false.")
        }
        if let rule = try fields.string("address_rule") {
            guard let rule = RoomInfo.AddressRule(rawValue: rule) else {
                throw .invalid("address_rule", "The rule for addresses is off, trust or require.")
            }
            addressRule = rule
        }
        if let slowMode = try fields.number("slow_mode") { self.slowMode = slowMode ?? 0 }
        addressLifetime = try fields.number("address_lifetime")
        keptMessages = try fields.number("kept_messages")
        keptSeconds = try fields.number("kept_seconds")
    }
}
