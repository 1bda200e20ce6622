import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/user/profile…` and `/user/presence…` of the Socket.IO dialect: what people show, and whether they can be reached.
struct PersonController: Sendable {
    let chat: Chat
    let callers: Callers
    let rates: EventRates
    let json: JSONLimits
    /// Tells rooms how somebody can be reached.
    let announce: @Sendable (StatusChange) -> Void

    func addRoutes(to router: inout Router) {
        router.post("/user/profile") { request in
            try await save(request, of: nil, "Profile created successfully!")
        }
        router.get("/user/profile/{user_id}") { request in try await profile(request) }
        router.put("/user/profile/{user_id}") { request in
            try await save(request, of: request.parameter("user_id"), "Profile updated successfully!")
        }
        router.get("/user/presence") { request in try await people(request) }
        router.post("/user/presence/{user_id}") { request in try await setStatus(request) }
    }

    // MARK: Profiles

    private nonisolated(nonsending) func save(
        _ request: Request, of user: String?, _ done: JSONValue
    ) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let user = user ?? fields.text("user_id"), let name = fields.text("username") else {
            return .refusal("User ID and username are required!", status: .badRequest)
        }
        if let refusal = tooFast(request) { return refusal }
        let caller = try await caller(request, fields)
        _ = try await answering { () throws(ChatError) in
            try await chat.saveProfile(
                of: user, displayName: name, avatar: fields.text("avatar") ?? "", by: caller)
        }
        return .json(["success": true, "message": done])
    }

    private nonisolated(nonsending) func profile(_ request: Request) async throws -> Response {
        let user = try request.parameter("user_id")
        let found = try await answering { () throws(ChatError) in try await chat.profile(of: user) }
        guard let found else { return .refusal("Profile not found!", status: .notFound) }
        return .json([
            "username": .string(found.displayName), "avatar": .string(found.avatar),
            "created_at": .double(Double(found.created) / 1000),
        ])
    }

    // MARK: Presence

    private nonisolated(nonsending) func setStatus(_ request: Request) async throws -> Response {
        let (user, fields) = (try request.parameter("user_id"), try request.fields(limits: json))
        guard let status = fields.text("status").flatMap({ Status(rawValue: $0) }) else {
            return .refusal("A status is online, away, busy or offline.", status: .badRequest)
        }
        if let refusal = tooFast(request) { return refusal }
        let caller = try await caller(request, fields)
        let change = try await answering { () throws(ChatError) in
            try await chat.setStatus(status, of: user, by: caller)
        }
        announce(change)
        return .json([
            "success": true, "user_id": .string(change.user.text), "status": .string(status.rawValue),
        ])
    }

    private nonisolated(nonsending) func people(_ request: Request) async throws -> Response {
        let query = try request.query
        guard let room = query.first("room_id") else {
            return .refusal("Room ID is required!", status: .badRequest)
        }
        let caller = try await callers.caller(of: request, .readMessages, showing: Shown(dialect: { query.first($0) }))
        let found = try await answering { () throws(ChatError) in try await chat.people(in: room, for: caller) }
        let users = found.people.map { JSONValue.Member($0.user.text, Self.json($0)) }
        return Response.json([
            "room_id": .string(found.room.text), "online_count": JSONValue(users.count), "users": .object(users),
        ]).with("Cache-Control", "no-store")
    }

    private static func json(_ person: PresentPerson) -> JSONValue {
        [
            "status": .string(person.status.rawValue), "last_active": .double(Double(person.lastActive) / 1000),
            "username": .string(person.profile?.displayName ?? person.user.text),
            "avatar": .string(person.profile?.avatar ?? ""),
        ]
    }

    // MARK: Who asks

    private nonisolated(nonsending) func caller(
        _ request: Request, _ fields: JSONValue
    ) async throws(IdentityRefusal) -> Caller {
        try await callers.caller(of: request, .writeMessages, showing: Shown(token: fields.text("token")))
    }

    private func tooFast(_ request: Request) -> Response? {
        rates.take(.join, from: request.remoteAddress).map { seconds in
            .refusal("Too many changes; try again in \(seconds) seconds.", status: .tooManyRequests)
                .with("Retry-After", String(seconds))
        }
    }
}
