import Accounts
import Bytes
import HTTPWire
import JSON
import Routing

/// `/api/v1/me/tokens…`: API tokens of one's own account. No API token makes others.
struct TokenController: Sendable {
    let callers: Callers
    let json: JSONLimits

    private var accounts: Accounts { callers.accounts }

    func addRoutes(to router: inout Router) {
        router.group("/api/v1/me/tokens") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await make(request) }
            group.delete("/{id}") { request in try await revoke(request) }
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let tokens = try await asked { () throws(AccountError) in try await accounts.tokens(of: identity) }
        return TokenAnswer.list(tokens)
    }

    private nonisolated(nonsending) func make(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        let wish = try TokenWish(try request.fields(limits: json))
        let made = try await asked { () throws(AccountError) in try await accounts.makeToken(wish, for: identity) }
        return TokenAnswer.made(made)
    }

    private nonisolated(nonsending) func revoke(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        guard let id = UUID(try request.parameter("id")) else { throw APIError(.tokenMissing) }
        try await asked { () throws(AccountError) in try await accounts.revokeToken(id, of: identity) }
        return Response(.noContent)
    }
}

/// Answers about API tokens, which no cache may keep.
enum TokenAnswer {
    static func list(_ tokens: [APIToken]) -> Response {
        Response.json(["tokens": .array(tokens.map { AccountJSON.token($0) })]).with("Cache-Control", "no-store")
    }

    static func made(_ made: NewAPIToken) -> Response {
        Response.json(AccountJSON.token(made), status: .created).with("Cache-Control", "no-store")
    }
}

extension TokenWish {
    /// The members `name`, `scopes` and `seconds` of a request.
    init(_ fields: JSONValue) throws(APIError) {
        let name = try fields.required("name")
        guard case .array(let values)? = fields["scopes"] else { throw APIError(.invalidScopes) }
        let scopes = values.compactMap { $0.stringValue.flatMap { Scope(rawValue: $0) } }
        guard scopes.count == values.count else { throw APIError(.invalidScopes) }
        self.init(name, Set(scopes), seconds: try fields.number("seconds") ?? nil)
    }
}
