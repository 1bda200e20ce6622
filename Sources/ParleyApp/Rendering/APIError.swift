import Accounts
import HTTPWire
import JSON
import Routing

/// A refusal in the one form of the native API: `{"error":{"code":"…","message":"…","field":"…"}}`.
///
/// `code` is for programs and never changes, `message` is one sentence for people, and `field` names the member of the
/// request that was wrong, where one was.
struct APIError: HTTPResponseError {
    let status: HTTPStatus
    let code: String
    let message: String
    var field: String?
    /// In how many seconds to try again.
    var retryAfter: Int64?

    var json: JSONValue {
        var error: [JSONValue.Member] = [.init("code", .string(code)), .init("message", .string(message))]
        if let field { error.append(.init("field", .string(field))) }
        if let retryAfter { error.append(.init("retry_after", .integer(retryAfter))) }
        return ["error": .object(error)]
    }

    var response: Response? {
        var response = Response.json(json, status: status)
        if let retryAfter { response.headers.set("Retry-After", String(retryAfter)) }
        if status == .unauthorized { response.headers.set("WWW-Authenticate", "Bearer") }
        response.headers.set("Cache-Control", "no-store")
        return response
    }

    /// A member that must be there.
    static func missing(_ field: String) -> APIError {
        APIError(
            status: .unprocessableContent, code: "missing", message: "Send the member \(field), a text.", field: field)
    }

    static func invalid(_ field: String, _ message: String) -> APIError {
        APIError(status: .unprocessableContent, code: "invalid", message: message, field: field)
    }

    static func tooMany(_ message: String, retryAfter: Int) -> APIError {
        APIError(
            status: .tooManyRequests, code: "rate_limited", message: message, retryAfter: Int64(retryAfter))
    }
}

extension APIError {
    init(_ error: AccountError) {
        let (status, code, field) = Self.form(of: error)
        self.init(status: status, code: code, message: error.description, field: field)
        switch error {
        case .tooManyAttempts(let seconds), .tooManyHandles(let seconds): retryAfter = seconds
        case .busy: retryAfter = 1
        default: break
        }
    }

    private static func form(of error: AccountError) -> (HTTPStatus, String, String?) {
        switch error {
        case .invalidHandle: (.unprocessableContent, "invalid", "username")
        case .reservedHandle: (.unprocessableContent, "reserved", "username")
        case .handleTaken: (.conflict, "taken", "username")
        case .tooManyHandles: (.tooManyRequests, "rate_limited", "username")
        case .invalidEmail: (.unprocessableContent, "invalid", "email")
        case .emailTaken: (.conflict, "taken", "email")
        case .invalidDisplayName: (.unprocessableContent, "invalid", "display_name")
        case .invalidPassword: (.unprocessableContent, "invalid", "password")
        case .wrongCredentials: (.unauthorized, "wrong_credentials", nil)
        case .wrongPassword: (.forbidden, "wrong_password", "password")
        case .passwordNeeded: (.forbidden, "password_needed", "confirm_password")
        case .administratorNeeded: (.notFound, "not_found", nil)
        case .lastAdministrator: (.conflict, "last_administrator", nil)
        case .wrongLink: (.forbidden, "wrong_link", "token")
        case .invalidLinkTime: (.unprocessableContent, "invalid", "seconds")
        case .accountDisabled: (.conflict, "disabled", nil)
        case .wrongSetupCode: (.forbidden, "wrong_code", "code")
        case .tooManyAttempts: (.tooManyRequests, "rate_limited", nil)
        case .notLoggedIn: (.unauthorized, "not_logged_in", nil)
        case .tokenExpired: (.unauthorized, "token_expired", nil)
        case .refreshReused: (.unauthorized, "refresh_reused", nil)
        case .otherAccount: (.conflict, "other_account", nil)
        case .sessionMissing, .accountMissing, .tokenMissing: (.notFound, "not_found", nil)
        case .scopeMissing: (.forbidden, "scope_missing", nil)
        case .logInNeeded: (.forbidden, "login_needed", nil)
        case .invalidTokenName: (.unprocessableContent, "invalid", "name")
        case .invalidScopes: (.unprocessableContent, "invalid", "scopes")
        case .scopeForbidden: (.forbidden, "scope_forbidden", "scopes")
        case .invalidTokenTime: (.unprocessableContent, "invalid", "seconds")
        case .tooManyTokens, .tooManyBots: (.conflict, "full", nil)
        case .isBot: (.conflict, "bot", nil)
        case .tooManyAccounts: (.serviceUnavailable, "full", nil)
        case .busy: (.serviceUnavailable, "busy", nil)
        case .storage: (.serviceUnavailable, "storage", nil)
        case .internalFailure: (.internalServerError, "internal", nil)
        }
    }
}

/// Runs a use case of accounts and turns its refusal into an answer of the native API.
nonisolated(nonsending) func asked<T>(_ body: () async throws(AccountError) -> T) async throws(APIError) -> T {
    do { return try await body() } catch { throw APIError(error) }
}
