import Accounts
import Bytes
import Chat
import ChatStorage
import EventLoops
import HTTPWire
import JSON
import Routing

/// `/api/v1/admin/rooms…` and `/api/v1/admin/addresses`: all rooms, and which addresses they let in.
struct AdminRoomsController: Sendable {
    let administration: Administration
    let json: JSONLimits

    private var chat: Chat { administration.chat }
    private var store: SQLiteStore { administration.store }

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/admin/rooms") { group in
            group.get("") { request in try await list(request) }
            group.get("/{room}") { request in try await show(request) }
            group.delete("/{room}") { request in try await delete(request) }
            group.post("/{room}/clear") { request in try await clear(request) }
            group.delete("/{room}/messages/{id}") { request in try await redact(request) }
        }
        router.get("/api/v1/admin/addresses") { request in try await addresses(request) }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let (page, query) = (try ListPage(request), try request.query)
        let kind = try query.first("kind").map { (text) throws(APIError) in
            guard let kind = RoomInfo.Kind(rawValue: text) else {
                throw .invalid("kind", "A room is public, password, private or direct.")
            }
            return kind
        }
        let text = String((query.first("query") ?? "").prefix(chat.options.limits.roomNameLength))
        let after = page.after.map { RoomID(trusted: $0) }
        let limit = self.limit(page)
        let rooms = try await asked { () throws(StoreError) in
            try await store.roomReports(matching: text, kind: kind, after: after, limit: limit)
        }
        return Response.json([
            "rooms": .array(rooms.map { AdminJSON.room($0) }),
            "next": rooms.last.map { .string($0.id.text) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func show(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        return Response.json(AdminJSON.room(try await report(request))).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        let reason = fields.text("reason") ?? ""
        try await change(request, by: administrator) { id, caller throws(ChatError) in
            try await chat.deleteRoom(id, reason: reason, for: caller)
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func clear(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        let reason = fields.text("reason") ?? ""
        try await change(request, by: administrator) { id, caller throws(ChatError) in
            try await chat.clear(id, reason: reason, for: caller)
        }
        return Response(.noContent)
    }

    /// Removes somebody's message, for a reason that is noted.
    private nonisolated(nonsending) func redact(_ request: Request) async throws -> Response {
        let administrator = try await administration.administrator(request)
        let fields = try request.fields(limits: json)
        let reason = try fields.required("reason")
        let text = try request.parameter("id")
        let message = try await asked { () throws(ChatError) in try MessageReference(text) }
        try await change(request, by: administrator) { id, caller throws(ChatError) in
            _ = try await chat.remove(message, in: id, reason: reason, by: caller)
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func change(
        _ request: Request, by administrator: Administrator,
        _ body: (String, Caller) async throws(ChatError) -> Void
    ) async throws {
        let id = try await report(request).id.text
        let caller = Caller(
            .account(administrator.identity.account), proof: Proof(address: administrator.address))
        do throws(ChatError) {
            try await body(id, caller)
        } catch .accessDenied(let refusal) {
            // Of who is logged in already no other proof is asked.
            throw APIError(status: .forbidden, code: refusal.code, message: Self.notEvenAdministrators)
        } catch {
            throw APIError(error)
        }
    }

    static let notEvenAdministrators =
        "Nobody may do this in this room: conversations are their people's, and the lobby stays."

    private nonisolated(nonsending) func report(_ request: Request) async throws -> RoomReport {
        let text = try request.parameter("room")
        let id = try await asked { () throws(ChatError) in try RoomID(text, limits: chat.options.limits) }
        let found = try await asked { () throws(StoreError) in try await store.roomReport(id) }
        guard let found else { throw APIError(ChatError.roomNotFound) }
        return found
    }

    /// Addresses that rooms let in, or with `waiting=true` those that wait for it.
    private nonisolated(nonsending) func addresses(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let page = try ListPage(request)
        let isWaiting = try request.query.first("waiting") == "true"
        let (after, now, limit) = (try cursor(page.after), administration.clock.epochMilliseconds, limit(page))
        let found = try await asked { () throws(StoreError) in
            try await store.addressReports(areWaiting: isWaiting, after: after, at: now, limit: limit)
        }
        return Response.json([
            "addresses": .array(found.map { AdminJSON.address($0) }),
            "next": found.last.map { .string("\($0.network) \($0.room.text)") } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    private func cursor(_ text: String?) throws(APIError) -> (room: RoomID, network: CIDR)? {
        guard let text else { return nil }
        let parts = text.split(separator: " ", maxSplits: 1)
        guard parts.count == 2, let network = CIDR(parts[0]) else {
            throw .invalid("after", "Send as `after` what the page before had as `next`.")
        }
        return (RoomID(trusted: String(parts[1])), network)
    }

    private func limit(_ page: ListPage) -> Int {
        let most = chat.options.limits.listedRooms
        return min(max(page.limit ?? most, 1), most)
    }
}
