import Accounts
import Bytes
import Chat
import Fetch
import HTTPWire
import JSON
import Routing

/// `/api/v1/rooms/{room}/webhooks…`: what other programs may say in a room, and what they are told of it.
struct WebhookController: Sendable {
    let chat: Chat
    let callers: Callers
    /// Which addresses may be called.
    let addresses: AddressGuard
    let json: JSONLimits

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/rooms/{room}/webhooks") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await create(request) }
            group.patch("/{id}") { request in try await change(request) }
            group.delete("/{id}") { request in try await delete(request) }
            group.get("/{id}/deliveries") { request in try await deliveries(request) }
        }
    }

    /// Incoming ones for moderators; outgoing ones for the owner, and none for others.
    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let incoming = try await asked { () throws(ChatError) in
            try await chat.incomingWebhooks(of: room, for: caller)
        }
        let outgoing: [OutgoingWebhook]
        do throws(ChatError) {
            outgoing = try await chat.outgoingWebhooks(of: room, for: caller)
        } catch {
            // The lobby has no owner to ask for.
            guard [.accessDenied(.ownerNeeded), .accessDenied(.belongsToServer)].contains(error) else {
                throw APIError(error)
            }
            outgoing = []
        }
        let list = incoming.map { WebhookJSON.incoming($0) } + outgoing.map { WebhookJSON.outgoing($0) }
        return Response.json(["webhooks": .array(list)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func create(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let fields = try request.fields(limits: json)
        let name = try fields.required("name")
        let made: JSONValue
        switch try fields.required("kind") {
        case "incoming":
            let new = try await asked { () throws(ChatError) in
                try await chat.createIncomingWebhook(name, in: room, for: caller)
            }
            made = WebhookJSON.incoming(new.webhook, secret: new.secret)
        case "outgoing":
            let (url, events) = (try url(try fields.required("url")), try events(fields) ?? [.message])
            let new = try await asked { () throws(ChatError) in
                try await chat.createOutgoingWebhook(name, url: url, events: events, in: room, for: caller)
            }
            made = WebhookJSON.outgoing(new.webhook, secret: new.secret)
        default: throw APIError.invalid("kind", "A webhook is incoming or outgoing.")
        }
        return Response.json(made, status: .created).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func change(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let (id, fields) = (try webhook(request), try request.fields(limits: json))
        var change = WebhookChange()
        change.name = try fields.string("name")
        change.url = try fields.string("url").map { (text) throws(APIError) in try url(text) }
        change.events = try events(fields)
        switch fields["enabled"] {
        case nil: break
        case .bool(let value)?: change.isEnabled = value
        default: throw APIError.invalid("enabled", "The member enabled is true or false.")
        }
        let wanted = change
        let webhook = try await asked { () throws(ChatError) in
            try await chat.change(id, wanted, of: room, for: caller)
        }
        return Response.json(WebhookJSON.outgoing(webhook)).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let id = try webhook(request)
        try await asked { () throws(ChatError) in try await chat.deleteWebhook(id, of: room, for: caller) }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func deliveries(_ request: Request) async throws -> Response {
        let (caller, room) = (try await callers.caller(of: request, .moderate), try request.parameter("room"))
        let (id, page) = (try webhook(request), try ListPage(request))
        let found = try await asked { () throws(ChatError) in
            try await chat.deliveries(of: id, in: room, limit: page.limit, for: caller)
        }
        return Response.json([
            "deliveries": .array(found.map { WebhookJSON.delivery($0, of: id.description) })
        ]).with("Cache-Control", "no-store")
    }

    // MARK: What is sent

    private func webhook(_ request: Request) throws -> UUID {
        guard let id = UUID(try request.parameter("id")) else { throw APIError(.webhookNotFound) }
        return id
    }

    /// A URL that can be called; what its name stands for is seen when it is.
    private func url(_ text: String) throws(APIError) -> String {
        do throws(FetchError) {
            try FetchURL(text).check(addresses)
            return text
        } catch {
            throw .invalid("url", error.description)
        }
    }

    private func events(_ fields: JSONValue) throws(APIError) -> Set<WebhookEvent>? {
        guard let value = fields["events"], value != .null else { return nil }
        let names = value.arrayValue ?? [value]
        let events = names.compactMap { $0.stringValue.flatMap { WebhookEvent(rawValue: $0) } }
        guard events.count == names.count, !events.isEmpty else { throw APIError(ChatError.invalid(.webhookEvents)) }
        return Set(events)
    }
}
