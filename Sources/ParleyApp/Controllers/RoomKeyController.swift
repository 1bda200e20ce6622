import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// What the Socket.IO dialect does with a room's password: `/admin/verify_ip`, `/admin/clear_chat`, `/admin/delete_room`,
/// `/room/{room}/verify_ip`, `/auth/token`, `/auth/verify_token`.
struct RoomKeyController: Sendable {
    let chat: Chat
    let callers: Callers
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.post("/admin/verify_ip") { request in try await verifyAddress(request) }
        router.post("/admin/clear_chat") { request in try await clear(request) }
        router.post("/admin/delete_room") { request in try await delete(request) }
        router.post("/room/{room}/verify_ip") { request in try await verifyAddressOfRoom(request) }
        router.post("/auth/token") { request in try await token(request) }
        router.post("/auth/verify_token") { request in try await verifyToken(request) }
    }

    // MARK: Addresses

    private nonisolated(nonsending) func verifyAddress(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let room = fields.text("room_id"), let address = fields.text("ip"), fields.text("password") != nil else {
            return .refusal("All fields are required!", status: .badRequest)
        }
        return try await verify(address, in: room, fields, request, denied: Self.unauthorized)
    }

    private nonisolated(nonsending) func verifyAddressOfRoom(_ request: Request) async throws -> Response {
        let (room, fields) = (try request.parameter("room"), try request.fields(limits: json))
        guard let address = fields.text("ip"), fields.text("password") != nil else {
            return .refusal("All fields are required!", status: .badRequest)
        }
        return try await verify(address, in: room, fields, request, denied: "Invalid password!")
    }

    private nonisolated(nonsending) func verify(
        _ address: String, in room: String, _ fields: JSONValue, _ request: Request, denied: String
    ) async throws -> Response {
        try await managed(fields, request, denied: denied) { (caller) throws(ChatError) in
            try await chat.admit(address, to: room, for: caller)
            return .json(["success": true, "message": .string("IP \(address) verified for room \(room)!")])
        }
    }

    // MARK: Messages and rooms

    private nonisolated(nonsending) func clear(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let room = fields.text("room_id") else { return Self.fieldsMissing }
        return try await managed(fields, request, denied: Self.unauthorized) { (caller) throws(ChatError) in
            try await chat.clear(room, for: caller)
            return .json(["success": true, "message": "Chat cleared successfully!"])
        }
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let room = fields.text("room_id") else { return Self.fieldsMissing }
        return try await managed(fields, request, denied: Self.unauthorized) { (caller) throws(ChatError) in
            try await chat.deleteRoom(room, for: caller)
            return .json(["success": true, "message": .string("Room \(room) deleted!")])
        }
    }

    // MARK: Tokens

    private nonisolated(nonsending) func token(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let room = fields.text("room_id"), let password = fields.text("password") else {
            return Self.fieldsMissing
        }
        do throws(ChatError) {
            let pass = try await chat.verify(room: room, password: password, from: IPAddress(request.remoteAddress))
            return Response.json([
                "success": true, "token": .string(pass.token), "expires_in": .integer(pass.lifetime),
            ]).with("Cache-Control", "no-store")
        } catch {
            switch error {
            // One answer: who has no password learns nothing about rooms here.
            case .roomNotFound, .accessDenied: return .refusal("Invalid password!", status: .unauthorized)
            default: throw ChatRefusal(error: error)
            }
        }
    }

    private nonisolated(nonsending) func verifyToken(_ request: Request) async throws -> Response {
        guard let token = try request.fields(limits: json).text("token") else { return Self.fieldsMissing }
        let room = try await answering { () throws(ChatError) in try await chat.room(ofToken: token) }
        return .json(["success": true, "room_id": .string(room.text)])
    }

    // MARK: Who may

    private static let unauthorized = "Unauthorized access!"
    private static let fieldsMissing = Response.refusal("All fields are required!", status: .badRequest)

    /// Carries out what needs the password, or an account that manages the room; says `denied`, as existing clients know
    /// it, to all others.
    private nonisolated(nonsending) func managed(
        _ fields: JSONValue, _ request: Request, denied: String,
        _ body: (Caller) async throws(ChatError) -> Response
    ) async throws -> Response {
        let shown = Shown(password: fields.text("password"), token: fields.text("token"))
        let caller = try await callers.caller(of: request, .moderate, showing: shown)
        do throws(ChatError) {
            return try await body(caller)
        } catch {
            if case .accessDenied(let refusal) = error, refusal.isForProof {
                return .refusal(denied, status: .unauthorized)
            }
            throw ChatRefusal(error: error)
        }
    }
}
