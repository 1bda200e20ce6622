import Accounts
import Bytes
import HTTPWire
import JSON
import Routing

/// `/api/v1/me…`: what somebody does with their own account.
struct AccountController: Sendable {
    let callers: Callers
    let json: JSONLimits

    private var accounts: Accounts { callers.accounts }

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/me") { group in
            group.get("") { request in try await profile(request) }
            group.patch("") { request in try await rename(request) }
            group.delete("") { request in try await delete(request) }
            group.put("/password") { request in try await changePassword(request) }
            group.get("/sessions") { request in try await sessions(request) }
            group.delete("/sessions") { request in try await endOtherSessions(request) }
            group.delete("/sessions/{id}") { request in try await endSession(request) }
            group.get("/export") { request in try await export(request) }
        }
    }

    private nonisolated(nonsending) func profile(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .any)
        return Response.json(AccountJSON.profile(identity.account)).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func rename(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let fields = try request.fields(limits: json)
        let (handle, name) = (try fields.string("username"), try fields.string("display_name"))
        guard handle != nil || name != nil else { throw APIError.missing("display_name") }
        let account = try await asked { () throws(AccountError) in
            try await accounts.rename(identity, handle: handle, displayName: name)
        }
        return .json(AccountJSON.profile(account))
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let password = try request.fields(limits: json).required("password")
        try await asked { () throws(AccountError) in
            try await accounts.delete(identity, password: password, address: IPAddress(request.remoteAddress))
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func changePassword(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let fields = try request.fields(limits: json)
        let (old, new) = (try fields.required("current_password"), try fields.required("new_password"))
        try await asked { () throws(AccountError) in
            try await accounts.changePassword(
                of: identity, from: old, to: new, address: IPAddress(request.remoteAddress))
        }
        return Response(.noContent)
    }

    // MARK: Sessions

    private nonisolated(nonsending) func sessions(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let sessions = try await asked { () throws(AccountError) in try await accounts.sessions(of: identity) }
        return Response.json(["sessions": list(sessions, identity)]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func endOtherSessions(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        do throws(AccountError) {
            try await accounts.end(.all(but: identity.session), of: identity)
        } catch .sessionMissing {
            // There was no other.
        } catch {
            throw APIError(error)
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func endSession(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        guard let id = UUID(try request.parameter("id")) else { throw APIError(.sessionMissing) }
        try await asked { () throws(AccountError) in try await accounts.end(.one(id), of: identity) }
        return Response(.noContent)
    }

    /// All that the server keeps about the account.
    private nonisolated(nonsending) func export(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let sessions = try await asked { () throws(AccountError) in try await accounts.sessions(of: identity) }
        let tokens = try await asked { () throws(AccountError) in try await accounts.tokens(of: identity) }
        return Response.json([
            "account": AccountJSON.profile(identity.account), "sessions": list(sessions, identity),
            "tokens": .array(tokens.map { AccountJSON.token($0) }),
        ]).with("Cache-Control", "no-store")
            .with("Content-Disposition", "attachment; filename=\"parley-account.json\"")
    }

    private func list(_ sessions: [Session], _ identity: Identity) -> JSONValue {
        .array(sessions.map { AccountJSON.session($0, isCurrent: $0.id == identity.session) })
    }
}
