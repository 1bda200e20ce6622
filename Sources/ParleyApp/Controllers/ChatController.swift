import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// A room's paths: `/chat/{room}/verify`, `/chat/{room}`, `/chat/{room}/messages`.
struct ChatController: Sendable {
    let chat: Chat
    let callers: Callers
    /// Pages of history that are being made for each address.
    let pages: Concurrency
    let rates: EventRates
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.post("/chat/{room}/verify") { request in try await verify(request) }
        router.post("/chat/{room}") { request in try await send(request) }
        router.get("/chat/{room}/messages") { request in try await messages(request) }
        addMessageRoutes(to: &router)
    }

    private nonisolated(nonsending) func verify(_ request: Request) async throws -> Response {
        let room = try request.parameter("room")
        let password = try request.fields(limits: json).text("password") ?? ""
        do throws(ChatError) {
            let pass = try await chat.verify(room: room, password: password, from: IPAddress(request.remoteAddress))
            return .json(["token": .string(pass.token), "expires_in": .integer(pass.lifetime)])
        } catch {
            // The sentences that existing clients look for.
            switch error {
            case .roomNotFound: return .refusal("Room not found!", status: .notFound)
            case .accessDenied: return .refusal("Invalid password!", status: .unauthorized)
            default: throw ChatRefusal(error: error)
            }
        }
    }

    private nonisolated(nonsending) func send(_ request: Request) async throws -> Response {
        let room = try request.parameter("room")
        let fields = try request.fields(limits: json)
        guard let text = fields.text("message") else {
            return .refusal("A message is required!", status: .badRequest)
        }
        if let seconds = rates.take(.message, from: request.remoteAddress) {
            return .refusal("Too many messages; try again in \(seconds) seconds.", status: .tooManyRequests)
                .with("Retry-After", String(seconds))
        }
        var shown = Shown(dialect: { fields.text($0) })
        if case .anonymous = shown.guest { shown.guest = .guest("Anonymous", token: fields.text("guest_token")) }
        let caller = try await callers.caller(of: request, .writeMessages, showing: shown)
        let message = try await answering { () throws(ChatError) in
            try await chat.post(text, clientID: fields.text("client_id"), in: room, by: caller)
        }
        return .json([
            "success": true, "message": "Message sent securely!", "message_id": .string(MessageJSON.id(of: message.id)),
            "timestamp": .integer(message.timestamp),
        ])
    }

    private nonisolated(nonsending) func messages(_ request: Request) async throws -> Response {
        let room = try request.parameter("room")
        let query = try request.query
        let page = try historyQuery(query)
        let caller = try await callers.caller(
            of: request, .readMessages, showing: Shown(dialect: { query.first($0) }))
        let reader = caller.person.account?.handle.text ?? query.first("user_id")
        guard pages.began(request.remoteAddress) else { return Self.tooManyPages }
        defer { pages.ended(request.remoteAddress) }
        var answer = try await answering { () throws(ChatError) in
            try await chat.history(page, in: room, for: caller) {
                HistoryEntry($0, of: $1.id, reader: reader, from: $1)
            }
        }
        await answer.addMedia(chat)
        return Response.json(text: answer.json)
            .with("Cache-Control", "no-store").with("X-Has-More", answer.hasMore ? "true" : "false")
    }

    private static let tooManyPages = Response.refusal(
        "Too many pages of history are being made for your address; try again in a moment.", status: .tooManyRequests
    )
    .with("Retry-After", "1")

    private func historyQuery(_ query: QueryString) throws -> HistoryQuery {
        var page = HistoryQuery()
        if let limit = query.first("limit") {
            guard let number = Int(limit) else {
                throw ChatRefusal(error: .invalid(.historyLimit(most: chat.options.limits.historyMost)))
            }
            page.limit = number
        }
        do throws(ChatError) {
            if let before = query.first("before") { page.before = try MessageReference(before) }
            if let after = query.first("after") { page.after = try MessageReference(after) }
        } catch {
            throw ChatRefusal(error: error)
        }
        return page
    }
}
