import Accounts
import Bytes
import Chat
import HTTPWire
import JSON
import Routing

/// Who a request comes from, and what it shows to be let into a room: an access token or an API token, a room token, the
/// password, the address. The one place where requests are told apart by that.
struct Callers: Sendable {
    let accounts: Accounts

    /// The account that shows its token in `Authorization`.
    ///
    /// - Parameter rule: what an API token needs to pass for it.
    nonisolated(nonsending) func identity(
        of request: Request, _ rule: TokenRule
    ) async throws(IdentityRefusal) -> Identity {
        guard let token = BearerToken.token(request.headers.first("authorization")) else {
            throw IdentityRefusal(.notLoggedIn, to: request)
        }
        return try await identity(token, rule, request)
    }

    /// An account by its token in `Authorization` or among what the request shows, or whoever calls without one.
    ///
    /// - Parameters:
    ///   - scope: what an API token needs.
    ///   - shown: what stands elsewhere than in the head; none of it counts unless told.
    nonisolated(nonsending) func caller(
        of request: Request, _ scope: Scope, showing shown: Shown = Shown()
    ) async throws(IdentityRefusal) -> Caller {
        let tokens = [shown.token, BearerToken.token(request.headers.first("authorization"))].compactMap { $0 }
        var proof = Proof(
            password: shown.password, token: tokens.first { !accounts.isAccessToken($0) },
            address: IPAddress(request.remoteAddress))
        proof.fileTicket = shown.fileTicket
        guard let token = tokens.first(where: accounts.isAccessToken) else { return Caller(shown.guest, proof: proof) }
        return Caller(.account(try await identity(token, .scope(scope), request).account), proof: proof)
    }

    private nonisolated(nonsending) func identity(
        _ token: String, _ rule: TokenRule, _ request: Request
    ) async throws(IdentityRefusal) -> Identity {
        do throws(AccountError) {
            let identity = try await accounts.identity(of: token)
            try identity.check(rule)
            return identity
        } catch {
            throw IdentityRefusal(error, to: request)
        }
    }
}

/// What a request shows beside its head.
struct Shown: Sendable {
    var password: String?
    /// Of either kind.
    var token: String?
    /// Who calls, where no account's token is shown.
    var guest = Person.anonymous
    var fileTicket: String?
}

extension Shown {
    /// What paths of the Socket.IO dialect take: everything, as `text` gives it by its member's name.
    init(dialect text: (String) -> String?) {
        self.init(
            password: text("password"), token: text("token"),
            guest: .guest(text("user_id"), token: text("guest_token")))
    }

    /// The same from the body, and else from the query.
    init(dialect request: Request, _ fields: JSONValue = .null) throws {
        let query = try request.query
        self.init(dialect: { fields.text($0) ?? query.first($0) })
    }

    /// What paths of the native API take that are about one room: a guest by `user_id` and `guest_token`, and the password
    /// as a member of the body, for queries are written to logs.
    init(inRoom request: Request, _ fields: JSONValue = .null) throws {
        let query = try request.query
        func text(_ name: String) -> String? { fields.text(name) ?? query.first(name) }
        self.init(
            password: fields.text("password"), guest: .guest(text("user_id"), token: text("guest_token")))
    }

    /// What is shown for files: in the query, or as `fields`; also a ticket.
    init(forFilesOf request: Request, fields: (String) -> String? = { _ in nil }) throws {
        let query = try request.query
        self.init(dialect: { name in (fields(name) ?? query.first(name)).flatMap { $0.isEmpty ? nil : $0 } })
        fileTicket = query.first("ticket")
    }
}

extension Person {
    /// A guest by the members that clients send, `nil` where they send none.
    static func guest(_ name: String?, token: String?) -> Person {
        name.map { .guest(name: $0, token: token) } ?? .anonymous
    }
}

extension Caller {
    /// The name that the caller goes by, to be told which messages are their own.
    var reader: String? {
        switch person {
        case .account(let account): account.handle.text
        case .guest(let name, _): name
        case .anonymous: nil
        }
    }
}

/// The `Authorization` field with a bearer token (RFC 6750 section 2.1).
enum BearerToken {
    static func token(_ field: String?) -> String? {
        let words = (field ?? "").split(separator: " ")
        if words.first?.lowercased() == "bearer" { return words.count == 2 ? String(words[1]) : nil }
        // Some clients send the bare token, without `Bearer`.
        return words.count == 1 ? String(words[0]) : nil
    }
}

/// A token that is not good, or not for this: in the form of the native API or of the Socket.IO dialect, by the path.
struct IdentityRefusal: HTTPResponseError {
    let error: AccountError
    private let isNative: Bool

    init(_ error: AccountError, to request: Request) {
        self.error = error
        isNative = request.rawPath.hasPrefix("/api/v1/")
    }

    private var native: APIError { APIError(error) }
    var status: HTTPStatus { native.status }
    var message: String { error.description }
    var response: Response? { isNative ? native.response : .refusal(message, status: status) }
}
