import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// `/api/v1/bots…` and `/api/v1/rooms/{room}/bots`: accounts of programs, and their tokens. Administrators make them for the
/// server, owners for a room; whoever made one manages it.
struct BotController: Sendable {
    let chat: Chat
    let callers: Callers
    let json: JSONLimits

    private var accounts: Accounts { callers.accounts }

    func addRoutes(to router: inout Router) {
        router.post("/api/v1/rooms/{room}/bots") { request in try await makeForRoom(request) }
        router.group("/api/v1/bots") { group in
            group.get("") { request in try await list(request) }
            group.post("") { request in try await make(request) }
            group.delete("/{bot}") { request in try await delete(request) }
            group.get("/{bot}/tokens") { request in try await tokens(request) }
            group.post("/{bot}/tokens") { request in try await makeToken(request) }
            group.delete("/{bot}/tokens/{id}") { request in try await revoke(request) }
        }
    }

    private nonisolated(nonsending) func list(_ request: Request) async throws -> Response {
        let (identity, page) = (try await callers.identity(of: request, .none), try ListPage(request))
        let bots = try await asked { () throws(AccountError) in
            try await accounts.bots(for: identity, after: page.after.map { Handle(trusted: $0) }, limit: page.limit)
        }
        return Response.json([
            "bots": .array(bots.map { AccountJSON.publicProfile($0) }),
            "next": bots.last.map { .string($0.handle.text) } ?? .null,
        ]).with("Cache-Control", "no-store")
    }

    private nonisolated(nonsending) func make(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        guard identity.account.role == .administrator else {
            throw APIError(
                status: .forbidden, code: "administrator_needed",
                message: "Administrators make bots for the server; make yours in a room that you own.")
        }
        return .json(AccountJSON.publicProfile(try await make(request, by: identity)), status: .created)
    }

    /// A bot that belongs to the room from the beginning.
    private nonisolated(nonsending) func makeForRoom(_ request: Request) async throws -> Response {
        let (room, identity) = (try request.parameter("room"), try await callers.identity(of: request, .none))
        let caller = Caller(.account(identity.account), proof: Proof(address: IPAddress(request.remoteAddress)))
        _ = try await asked { () throws(ChatError) in try await chat.authorize(.govern, in: room, for: caller) }
        let bot = try await make(request, by: identity)
        try await asked { () throws(ChatError) in try await chat.enroll(bot, in: room, for: caller) }
        return .json(AccountJSON.publicProfile(bot), status: .created)
    }

    private nonisolated(nonsending) func make(_ request: Request, by identity: Identity) async throws -> Account {
        let fields = try request.fields(limits: json)
        let (handle, name) = (try fields.required("username"), try fields.string("display_name"))
        return try await asked { () throws(AccountError) in
            try await accounts.makeBot(
                handle, displayName: name, by: identity, from: IPAddress(request.remoteAddress))
        }
    }

    private nonisolated(nonsending) func delete(_ request: Request) async throws -> Response {
        let (bot, identity) = (try request.parameter("bot"), try await callers.identity(of: request, .none))
        try await asked { () throws(AccountError) in
            try await accounts.deleteBot(bot, by: identity, from: IPAddress(request.remoteAddress))
        }
        return Response(.noContent)
    }

    // MARK: Tokens

    private nonisolated(nonsending) func tokens(_ request: Request) async throws -> Response {
        let (bot, identity) = (try request.parameter("bot"), try await callers.identity(of: request, .none))
        let tokens = try await asked { () throws(AccountError) in
            try await accounts.tokens(ofBot: bot, for: identity)
        }
        return TokenAnswer.list(tokens)
    }

    private nonisolated(nonsending) func makeToken(_ request: Request) async throws -> Response {
        let (bot, identity) = (try request.parameter("bot"), try await callers.identity(of: request, .none))
        let wish = try TokenWish(try request.fields(limits: json))
        let made = try await asked { () throws(AccountError) in
            try await accounts.makeToken(wish, forBot: bot, by: identity)
        }
        return TokenAnswer.made(made)
    }

    private nonisolated(nonsending) func revoke(_ request: Request) async throws -> Response {
        let (bot, identity) = (try request.parameter("bot"), try await callers.identity(of: request, .none))
        guard let id = UUID(try request.parameter("id")) else { throw APIError(.tokenMissing) }
        try await asked { () throws(AccountError) in
            try await accounts.revokeToken(id, ofBot: bot, by: identity)
        }
        return Response(.noContent)
    }
}
