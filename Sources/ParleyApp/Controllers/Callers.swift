import Accounts
import Bytes
import Chat
import HTTPWire
import Routing

/// Who a request comes from, and what it shows to be let into a room: an access token, a room token, the password, the
/// address.
struct Callers: Sendable {
    let accounts: Accounts

    /// - Parameters:
    ///   - token: one that stands elsewhere than in `Authorization`; of either kind.
    ///   - guest: who calls, where no access token is shown.
    nonisolated(nonsending) func caller(
        of request: Request, password: String? = nil, token: String? = nil, guest: Person = .anonymous
    ) async throws(AccountError) -> Caller {
        let tokens = [token, BearerToken.token(request.headers.first("authorization"))].compactMap { $0 }
        let proof = Proof(
            password: password, token: tokens.first { !accounts.isAccessToken($0) },
            address: IPAddress(request.remoteAddress))
        guard let token = tokens.first(where: accounts.isAccessToken) else { return Caller(guest, proof: proof) }
        return Caller(.account(try await accounts.identity(of: token).account), proof: proof)
    }

    /// The same for the native API: an access token or a room token in `Authorization`.
    nonisolated(nonsending) func native(_ request: Request) async throws(APIError) -> Caller {
        try await asked { () throws(AccountError) in try await caller(of: request) }
    }
}

extension Person {
    /// A guest by the members that clients send, `nil` where they send none.
    static func guest(_ name: String?, token: String?) -> Person {
        name.map { .guest(name: $0, token: token) } ?? .anonymous
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
