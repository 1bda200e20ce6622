import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms/{room}/members…`, `bans`, `mutes` and `transfer`: who belongs to a room, and what moderators do.
struct MembersController: Sendable {
    let chat: Chat
    let callers: Callers
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms/{room}") { group in
            group.get("/members") { request in try await list(request) }
            group.put("/members/{user}") { request in try await setRole(request) }
            group.delete("/members/{user}") { request in try await kick(request) }
            group.post("/transfer") { request in try await transfer(request) }
            for (kind, path) in [(Sanction.Kind.ban, "/bans"), (.mute, "/mutes")] {
                group.get(path) { request in try await sanctions(kind, request) }
                group.post(path) { request in try await sanction(kind, request) }
                group.delete(path + "/{user}") { request in try await pardon(kind, request) }
            }
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .readRooms), try request.parameter("room"))
        let page = try ListPage(request)
        let members = try await asked { () throws(ChatError) in
            try await chat.members(of: room, after: page.after, limit: page.limit, for: caller)
        }
        return Response.json([
            "members": .array(members.map { RoomJSON.member($0) }),
            "next": members.last.map { .string($0.user.text) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    // MARK: Roles

    private nonisolated(nonsending) func setRole(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let user = try request.parameter("user")
        guard let role = RoomRole(rawValue: try request.fields(limits: json).required("role")) else {
            throw APIError.invalid("role", "A role is member, moderator or owner.")
        }
        try await asked { () throws(ChatError) in try await chat.setRole(role, of: user, in: room, for: caller) }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func transfer(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let user = try request.fields(limits: json).required("user")
        try await asked { () throws(ChatError) in try await chat.transfer(room, to: user, for: caller) }
        return Response(.noContent)
    }

    // MARK: Sanctions

    private nonisolated(nonsending) func kick(_ request: Request) async throws -> Response {
        let user = try request.parameter("user")
        let reason = try request.query.first("reason") ?? ""
        _ = try await carryOut(SanctionRequest(.kick, user, reason: reason), request)
        return Response(.noContent)
    }

    private nonisolated(nonsending) func sanction(
        _ kind: Sanction.Kind, _ request: Request
    ) async throws -> Response {
        let fields = try request.fields(limits: json)
        var wanted = SanctionRequest(kind, try fields.required("user"))
        wanted.seconds = try fields.number("seconds") ?? nil
        wanted.reason = try fields.string("reason") ?? ""
        wanted.removedSeconds = try await asked { () throws(ChatError) in try .init(removal: fields["remove_messages"])
        }
        wanted.includesAddress = fields["address"] == .bool(true)
        return .json(RoomJSON.sanction(try await carryOut(wanted, request)), status: .created)
    }

    private nonisolated(nonsending) func carryOut(
        _ wanted: SanctionRequest, _ request: Request
    ) async throws -> Sanction {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        return try await asked { () throws(ChatError) in
            try await chat.sanction(wanted, in: room, for: caller)
        }
    }

    private nonisolated(nonsending) func sanctions(
        _ kind: Sanction.Kind, _ request: Request
    ) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let found = try await asked { () throws(ChatError) in
            try await chat.sanctions(kind, in: room, for: caller)
        }
        return Response.json([kind == .ban ? "bans" : "mutes": .array(found.map(RoomJSON.sanction))])
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func pardon(_ kind: Sanction.Kind, _ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let user = try request.parameter("user")
        try await asked { () throws(ChatError) in try await chat.pardon(kind, of: user, in: room, for: caller) }
        return Response(.noContent)
    }
}
