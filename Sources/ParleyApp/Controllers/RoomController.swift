import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `POST /room/create`: makes rooms.
struct RoomController: Sendable {
    let chat: Chat
    /// Rooms that one address may make; `nil` for any number.
    let creations: RateLimiter<Subscriber>?
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.post("/room/create") { request in try await create(request) }
    }

    private nonisolated(nonsending) func create(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        guard let room = fields.text("room_id"), let password = fields.text("password") else {
            return .refusal("Room ID and password are required!", status: .badRequest)
        }
        if let seconds = creations?.take(Subscriber(request.remoteAddress)) {
            return .refusal(
                "Too many rooms from your address; try again in \(seconds) seconds.", status: .tooManyRequests
            )
            .with("Retry-After", String(seconds))
        }
        let made = try await answering { () throws(ChatError) in try await chat.createRoom(room, password: password) }
        return .json(["success": true, "message": .string("Room \(made.id.text) created successfully!")])
    }
}

extension JSONValue {
    /// A member that is a text and not empty. Clients also send ids as whole numbers.
    func text(_ name: String) -> String? {
        switch self[name] {
        case .string(let text)?: text.isEmpty ? nil : text
        case .integer(let number)?: String(number)
        default: nil
        }
    }
}

extension JSONValue {
    /// A member that is a text, which may be empty; `nil` where there is none.
    func string(_ name: String) throws(APIError) -> String? {
        switch self[name] {
        case nil, .null?: return nil
        case .string(let text)?: return text
        default: throw .invalid(name, "The member \(name) is a text.")
        }
    }

    /// A member that is a whole number or `null`; `nil` where there is none.
    func number(_ name: String) throws(APIError) -> Int64?? {
        switch self[name] {
        case nil: return nil
        case .null?: return .some(nil)
        case .integer(let number)?: return .some(number)
        case .string(let text)?:
            guard let number = Int64(text) else { throw .invalid(name, "The member \(name) is a whole number.") }
            return .some(number)
        default: throw .invalid(name, "The member \(name) is a whole number.")
        }
    }

    /// The texts of an array.
    var texts: [String] {
        guard case .array(let elements) = self else { return [] }
        return elements.compactMap { if case .string(let text) = $0 { text } else { nil } }
    }
}
