import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `POST /api/v1/hooks/{id}/{secret}`, or `/api/v1/hooks/{id}` with the secret as the bearer token: what other programs say in
/// a room.
struct HookController: Sendable {
    let chat: Chat
    let rates: EventRates
    /// Messages of one webhook; `nil` for any number.
    let messages: RateLimiter<UUID>?
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.post("/api/v1/hooks/{id}/{secret}") { request in
            try await post(request, secret: request.parameter("secret"))
        }
        router.post("/api/v1/hooks/{id}") { request in
            try await post(request, secret: BearerToken.token(request.headers.first("authorization")) ?? "")
        }
    }

    private nonisolated(nonsending) func post(_ request: Request, secret: String) async throws -> Response {
        // Before anything is looked up: who guesses is to wait.
        if let seconds = rates.take(.message, from: request.remoteAddress) { throw Self.tooFast(seconds) }
        guard let id = UUID(try request.parameter("id")) else { throw APIError(.webhookNotFound) }
        let fields = try request.fields(limits: json)
        guard let text = fields["text"]?.stringValue else { throw APIError.missing("text") }
        let (name, clientID) = (fields.text("username"), fields.text("client_id"))
        let posted = try await asked { () throws(ChatError) in
            try await chat.post(text, as: name, clientID: clientID, by: id, secret: secret) {
                // Counted for who knows the secret alone, so that nobody else uses it up.
                messages?.take(id)
            }
        }
        return Response.json(
            ["id": .string(MessageJSON.id(of: posted.id)), "timestamp": .integer(posted.timestamp)], status: .created
        ).with("Cache-Control", "no-store")
    }

    private static func tooFast(_ seconds: Int) -> APIError {
        .tooMany("You send faster than this server takes; try again in \(seconds) s.", retryAfter: seconds)
    }
}
