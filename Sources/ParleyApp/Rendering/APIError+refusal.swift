import HTTPWire
import Routing

extension APIError {
    /// What the server refuses before a handler has its say, or in the midst of a request's content, in the form of the
    /// native API; `nil` for other paths.
    static func answer(to request: Request, refusedBy refusal: Refusal) -> Response? {
        guard request.rawPath.hasPrefix("/api/v1/") else { return nil }
        let error = APIError(
            status: refusal.status, code: code(of: refusal.status), message: refusal.message,
            retryAfter: refusal.headers.first("retry-after").flatMap { Int64($0) })
        var response = error.response
        for (name, value) in refusal.headers { response?.headers.set(name, value) }
        return response
    }

    private static func code(of status: HTTPStatus) -> String {
        switch status {
        case .badRequest: "bad_request"
        case .notFound: "not_found"
        case .methodNotAllowed: "method_not_allowed"
        case .requestTimeout: "too_slow"
        case .contentTooLarge: "too_large"
        case .tooManyRequests: "rate_limited"
        case .serviceUnavailable: "busy"
        case .internalServerError: "internal"
        default: "refused"
        }
    }
}
