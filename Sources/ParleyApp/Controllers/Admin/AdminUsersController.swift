import Accounts
import Bytes
import HTTPWire
import JSON
import Routing

/// `/api/v1/admin/users…`: the accounts of others.
struct AdminUsersController: Sendable {
    let administration: Administration
    let json: JSONLimits

    private var accounts: Accounts { administration.accounts }

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/admin/users") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await make(request) }
            group.get("/{handle}") { request in try await show(request) }
            group.patch("/{handle}") { request in try await change(request) }
            group.delete("/{handle}") { request in try await delete(request) }
            group.post("/{handle}/logout") { request in try await logOut(request) }
            group.post("/{handle}/sign-in-link") { request in try await makeLink(request) }
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        _ = try await administration.administrator(request)
        let (page, fields) = (try ListPage(request), try request.query)
        var query = AccountQuery()
        query.text = fields.first("query") ?? ""
        query.role = try fields.first("role").map { (text) throws(APIError) in try role(text) }
        query.isDisabled = try fields.first("disabled").map { (text) throws(APIError) in
            guard text == "true" || text == "false" else {
                throw .invalid("disabled", "The member disabled is true or false.")
            }
            return text == "true"
        }
        query.after = page.after.map { Handle(trusted: $0) }
        if let limit = page.limit { query.limit = limit }
        let asked = query
        let found = try await ParleyApp.asked { () throws(AccountError) in try await accounts.accounts(asked) }
        return Response.json([
            "users": .array(found.map { AdminJSON.account($0) }),
            "next": found.last.map { .string($0.handle.text) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func show(_ request: Request) async throws -> Response {
        let administrator = try await administration.administrator(request)
        let handle = try request.parameter("handle")
        let found = try await asked { () throws(AccountError) in try await accounts.details(of: handle) }
        let sessions = found.sessions.map {
            AccountJSON.session($0, isCurrent: $0.id == administrator.identity.session)
        }
        return Response.json(AdminJSON.account(found.account, [.init("sessions", .array(sessions))]))
            .with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func make(_ request: Request) async throws -> Response {
        let administrator = try await administration.administrator(request)
        let fields = try request.fields(limits: json)
        let (handle, seconds) = (try fields.required("username"), try fields.number("seconds") ?? nil)
        let role = try fields.string("role").map { (text) throws(APIError) in try self.role(text) } ?? .member
        if role > .member { try await administration.confirm(administrator, request, fields) }
        let (name, email) = (fields.text("display_name"), fields.text("email"))
        let made = try await asked { () throws(AccountError) in
            try await accounts.make(
                handle, displayName: name, email: email, role: role, linkSeconds: seconds, by: administrator)
        }
        return Response.json(
            AdminJSON.account(made.account, [.init("link", AdminJSON.link(made.link))]), status: .created
        ).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func change(_ request: Request) async throws -> Response {
        let administrator = try await administration.administrator(request)
        let (handle, fields) = (try request.parameter("handle"), try request.fields(limits: json))
        var change = AdministrativeChange(
            displayName: try fields.string("display_name"), reason: fields.text("reason"))
        change.role = try fields.string("role").map { (text) throws(APIError) in try role(text) }
        switch fields["disabled"] {
        case nil: break
        case .bool(let value)?: change.isDisabled = value
        default: throw APIError.invalid("disabled", "The member disabled is true or false.")
        }
        if change.role != nil || change.isDisabled != nil {
            try await administration.confirm(administrator, request, fields)
        }
        let wanted = change
        let account = try await asked { () throws(AccountError) in
            try await accounts.change(handle, wanted, by: administrator)
        }
        return Response.json(AdminJSON.account(account)).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        let handle = try request.parameter("handle")
        try await asked { () throws(AccountError) in
            try await accounts.delete(handle, reason: fields.text("reason"), by: administrator)
        }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func logOut(_ request: Request) async throws -> Response {
        let administrator = try await administration.administrator(request)
        let handle = try request.parameter("handle")
        try await asked { () throws(AccountError) in try await accounts.endSessions(of: handle, by: administrator) }
        return Response(.noContent)
    }

    private nonisolated(nonsending) func makeLink(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let administrator = try await administration.confirmed(request, fields)
        let (handle, seconds) = (try request.parameter("handle"), try fields.number("seconds") ?? nil)
        let link = try await asked { () throws(AccountError) in
            try await accounts.makeLink(for: handle, seconds: seconds, by: administrator)
        }
        return Response.json(AdminJSON.link(link), status: .created).with("Cache-Control", "no-store")
    }

    private func role(_ text: String) throws(APIError) -> Role {
        guard let role = Role(rawValue: text) else {
            throw .invalid("role", "A role is member, moderator or administrator.")
        }
        return role
    }
}
