import Chat
import ChatStorage
import HTTPWire
import JSON

// `parley room …`.

extension OperatorConsole {
    nonisolated(nonsending) func room(_ verb: Substring, _ arguments: JSONValue) async throws -> JSONValue {
        if verb == "list" { return try await listRooms(arguments) }
        // Of a room that there is not, the chat says no more than that nobody may do it.
        let report = try await report(try arguments.required("room"))
        let (id, reason) = (report.id.text, arguments.text("reason") ?? "")
        switch verb {
        case "show": return AdminJSON.room(report)
        case "ban": return try await ban(arguments, in: id, reason)
        case "unban":
            let user = try arguments.required("user")
            try await change { () throws(ChatError) in try await chat.pardon(.ban, of: user, in: id, for: .console) }
        case "delete":
            try await change { () throws(ChatError) in try await chat.deleteRoom(id, reason: reason, for: .console) }
        case "clear":
            try await change { () throws(ChatError) in try await chat.clear(id, reason: reason, for: .console) }
        case "password", "archive":
            try await configure(id, verb, arguments)
            return AdminJSON.room(try await self.report(id))
        default: throw Self.unknown
        }
        return .object([])
    }

    private nonisolated(nonsending) func configure(
        _ id: String, _ verb: Substring, _ arguments: JSONValue
    ) async throws {
        guard verb == "archive" else {
            let password = try arguments.required("password")
            try await change { () throws(ChatError) in
                try await chat.changePassword(of: id, to: password, for: .console)
            }
            return
        }
        var wanted = RoomChange()
        wanted.isArchived = arguments["archived"]?.boolValue ?? true
        let change = wanted
        try await self.change { () throws(ChatError) in _ = try await chat.configure(id, change, for: .console) }
    }

    private nonisolated(nonsending) func listRooms(_ arguments: JSONValue) async throws -> JSONValue {
        let kind = try arguments.text("kind").map { (text) throws(APIError) in
            guard let kind = RoomInfo.Kind(rawValue: text) else {
                throw .invalid("kind", "A room is public, password, private or direct.")
            }
            return kind
        }
        let limits = chat.options.limits
        let text = String((arguments.text("query") ?? "").prefix(limits.roomNameLength))
        let after = arguments.text("after").map { RoomID(trusted: $0) }
        let limit = min(max(Int(clamping: (try arguments.number("limit") ?? nil) ?? 100), 1), limits.listedRooms)
        let rooms = try await asked { () throws(StoreError) in
            try await store.roomReports(matching: text, kind: kind, after: after, limit: limit)
        }
        return [
            "rooms": .array(rooms.map { AdminJSON.room($0) }),
            "next": rooms.last.map { .string($0.id.text) } ?? .null,
        ]
    }

    private nonisolated(nonsending) func ban(
        _ arguments: JSONValue, in id: String, _ reason: String
    ) async throws -> JSONValue {
        var request = SanctionRequest(.ban, try arguments.required("user"), reason: reason)
        request.seconds = try arguments.number("seconds") ?? nil
        request.removedSeconds = try arguments.number("remove_messages") ?? nil
        request.includesAddress = arguments["address"]?.boolValue ?? false
        let wanted = request
        return RoomJSON.sanction(
            try await change { () throws(ChatError) in try await chat.sanction(wanted, in: id, for: .console) })
    }

    @discardableResult
    private nonisolated(nonsending) func change<R>(_ body: () async throws(ChatError) -> R) async throws -> R {
        do throws(ChatError) {
            return try await body()
        } catch .accessDenied(let refusal) {
            throw APIError(status: .forbidden, code: refusal.code, message: AdminRoomsController.notEvenAdministrators)
        } catch {
            throw APIError(error)
        }
    }

    private nonisolated(nonsending) func report(_ text: String) async throws -> RoomReport {
        let id = try await asked { () throws(ChatError) in try RoomID(text, limits: chat.options.limits) }
        let found = try await asked { () throws(StoreError) in try await store.roomReport(id) }
        guard let found else { throw APIError(ChatError.roomNotFound) }
        return found
    }
}
