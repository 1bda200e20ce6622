import Accounts
import Bytes
import HTTPWire
import JSON
import Routing

/// `/api/v1/auth/…` and `/api/v1/setup`: makes accounts, and begins and ends sessions.
struct AuthController: Sendable {
    let callers: Callers
    /// Whether anybody may make an account.
    let isOpen: Bool
    /// `nil` for any number.
    let registrations: RateLimiter<Subscriber>?
    let logIns: RateLimiter<Subscriber>?
    let json: JSONLimits

    private var accounts: Accounts { callers.accounts }

    func addRoutes(to router: inout Router) {
        router.get("/api/v1/setup") { _ in
            Response.json(["needed": .bool(accounts.isSetupOpen)]).with("Cache-Control", "no-store")
        }
        router.post("/api/v1/setup") { request in try await setUp(request) }
        router.group("/api/v1/auth") { group in
            group.post("/register") { request in try await register(request) }
            group.post("/login") { request in try await logIn(request) }
            group.post("/refresh") { request in try await refresh(request) }
            group.post("/link") { request in try await follow(request) }
            group.post("/logout") { request in try await logOut(request) }
        }
    }

    private nonisolated(nonsending) func register(_ request: Request) async throws -> Response {
        guard isOpen else {
            throw APIError(
                status: .forbidden, code: "registration_closed",
                message: "Accounts are made by an administrator of this server; ask one.")
        }
        let fields = try request.fields(limits: json)
        let registration = try registration(fields)
        if let seconds = registrations?.take(Subscriber(request.remoteAddress)) {
            throw APIError.tooMany(
                "Too many accounts from your address; try again in \(seconds) seconds.", retryAfter: seconds)
        }
        let tokens = try await asked { () throws(AccountError) in
            let account = try await accounts.register(registration)
            return try await accounts.begin(account, on: device(of: request, fields))
        }
        return answer(tokens, status: .created)
    }

    /// Makes the first administrator, for who knows the code that the server's operator was told.
    private nonisolated(nonsending) func setUp(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let (code, registration) = (try fields.required("code"), try registration(fields))
        let tokens = try await asked { () throws(AccountError) in
            try await accounts.setUp(with: code, as: registration, on: device(of: request, fields))
        }
        return answer(tokens, status: .created)
    }

    private func registration(_ fields: JSONValue) throws(APIError) -> Registration {
        var registration = Registration(
            handle: try fields.required("username"), password: try fields.required("password"))
        registration.displayName = fields.text("display_name")
        registration.email = fields.text("email")
        return registration
    }

    private nonisolated(nonsending) func logIn(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let (name, password) = (try fields.required("username"), try fields.required("password"))
        try count(logInFrom: request)
        let tokens = try await asked { () throws(AccountError) in
            try await accounts.logIn(name, password: password, on: device(of: request, fields))
        }
        return answer(tokens)
    }

    /// Logs in who shows a sign-in link, and sets the password that they want to have.
    private nonisolated(nonsending) func follow(_ request: Request) async throws -> Response {
        let fields = try request.fields(limits: json)
        let (token, password) = (try fields.required("token"), try fields.string("password"))
        try count(logInFrom: request)
        let tokens = try await asked { () throws(AccountError) in
            try await accounts.logIn(link: token, password: password, on: device(of: request, fields))
        }
        return answer(tokens)
    }

    private func count(logInFrom request: Request) throws(APIError) {
        guard let seconds = logIns?.take(Subscriber(request.remoteAddress)) else { return }
        throw APIError.tooMany(
            "Too many log-ins from your address; try again in \(seconds) seconds.", retryAfter: seconds)
    }

    private nonisolated(nonsending) func refresh(_ request: Request) async throws -> Response {
        let token = try request.fields(limits: json).required("refresh_token")
        let tokens = try await asked { () throws(AccountError) in
            try await accounts.refresh(token, from: IPAddress(request.remoteAddress))
        }
        return answer(tokens)
    }

    private nonisolated(nonsending) func logOut(_ request: Request) async throws -> Response {
        let identity = try await callers.identity(of: request, .none)
        try await asked { () throws(AccountError) in try await accounts.logOut(identity) }
        return Response(.noContent)
    }

    /// The tokens, which no cache may keep.
    private func answer(_ tokens: TokenPair, status: HTTPStatus = .ok) -> Response {
        Response.json(AccountJSON.tokens(tokens), status: status).with("Cache-Control", "no-store")
    }

    private func device(of request: Request, _ fields: JSONValue) -> Device {
        Device(
            name: fields.text("device") ?? request.headers.first("user-agent") ?? "",
            address: IPAddress(request.remoteAddress))
    }
}

extension JSONValue {
    /// A member that must be a text and not empty.
    func required(_ name: String) throws(APIError) -> String {
        guard let text = text(name) else { throw .missing(name) }
        return text
    }
}
