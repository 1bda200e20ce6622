import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// Ways into a room beside its password: `/api/v1/rooms/{room}/invitations…`, `/api/v1/invitations/{token}` and
/// `/api/v1/rooms/{room}/addresses`.
struct EntranceController: Sendable {
    let chat: Chat
    let callers: Callers
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms/{room}") { group in
            group.get("/invitations") { request in try await invitations(request) }
            group.post("/invitations") { request in try await invite(request) }
            group.delete("/invitations/{id}") { request in try await withdraw(request) }
            group.get("/addresses") { request in try await addresses(request) }
            group.post("/addresses") { request in try await admit(request) }
            group.delete("/addresses") { request in try await revoke(request) }
        }
        router.get("/api/v1/invitations/{token}") { request in try await show(request) }
        router.post("/api/v1/invitations/{token}") { request in try await accept(request) }
    }

    // MARK: Invitations

    private nonisolated(nonsending) func invite(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let fields = try request.fields(limits: json)
        let (seconds, uses) = (try fields.number("seconds") ?? nil, try fields.number("uses") ?? nil)
        let made = try await asked { () throws(ChatError) in
            try await chat.invite(to: room, seconds: seconds, uses: uses, for: caller)
        }
        let members = RoomJSON.invitation(made.invitation) + [.init("token", .string(made.token))]
        return Response.json(.object(members), status: .created).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func invitations(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let found = try await asked { () throws(ChatError) in try await chat.invitations(to: room, for: caller) }
        return Response.json(["invitations": .array(found.map { .object(RoomJSON.invitation($0)) })])
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func withdraw(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        guard let id = UUID(try request.parameter("id")) else { throw APIError(ChatError.invitationNotFound) }
        try await asked { () throws(ChatError) in
            try await chat.withdrawInvitation(id, to: room, for: caller)
        }
        return Response(.noContent)
    }

    /// What the invitation leads to, for who wonders whether to accept.
    private nonisolated(nonsending) func show(_ request: Request) async throws -> Response {
        let token = try request.parameter("token")
        let room = try await asked { () throws(ChatError) in try await chat.room(ofInvitation: token) }
        let info = room.info
        return Response.json([
            "room": .string(room.id.text), "name": .string(info.name), "topic": .string(info.topic),
            "kind": .string(info.kind.rawValue),
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func accept(_ request: Request) async throws -> Response {
        let token = try request.parameter("token")
        let fields = try request.fields(limits: json)
        let shown = Shown(guest: .guest(fields.text("user_id"), token: nil))
        let caller = try await callers.caller(of: request, .writeRooms, showing: shown)
        let admission = try await asked { () throws(ChatError) in try await chat.accept(token, as: caller) }
        return Response.json([
            "room": .string(admission.room.text), "user_id": .string(admission.user.text),
            "guest_token": admission.guestToken.map { .string($0) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    // MARK: Addresses

    private nonisolated(nonsending) func addresses(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let found = try await asked { () throws(ChatError) in try await chat.addresses(of: room, for: caller) }
        return Response.json([
            "verified": .array(found.verified.map(RoomJSON.verified)),
            "pending": .array(found.pending.map(RoomJSON.pending)),
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func admit(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let fields = try request.fields(limits: json)
        let (network, seconds) = (try fields.required("network"), try fields.number("seconds") ?? nil)
        let admitted = try await asked { () throws(ChatError) in
            try await chat.admit(network, to: room, seconds: seconds, for: caller)
        }
        return .json(RoomJSON.verified(admitted), status: .created)
    }

    private nonisolated(nonsending) func revoke(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        guard let network = try request.query.first("network") else { throw APIError.missing("network") }
        try await asked { () throws(ChatError) in try await chat.revoke(network, in: room, for: caller) }
        return Response(.noContent)
    }
}
