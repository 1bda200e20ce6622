import Accounts
import Bytes
import Chat
import ChatStorage
import EventLoops
import HTTPWire
import JSON
import Metrics
import Network
import Routing
import Settings

/// What the routes of administrators stand on, and who is let in to them.
struct Administration: Sendable {
    let chat: Chat
    let accounts: Accounts
    let store: SQLiteStore
    let networks: NetworkRules
    let metrics: MetricsRegistry
    let settings: Settings
    let clock: any WallClock
    /// The folder of the database.
    let folder: String
    /// Where the system is asked.
    let pool: BlockingPool
    /// Requests of one administrator; `nil` for any number.
    let requests: RateLimiter<UUID>?

    /// Who asks, if that is an administrator. To anybody else who is logged in there is nothing here.
    nonisolated(nonsending) func administrator(_ request: Request) async throws -> Administrator {
        let identity = try await Callers(accounts: accounts).identity(of: request, .scope(.admin))
        let administrator: Administrator
        do {
            administrator = try Administrator(identity, from: IPAddress(request.remoteAddress))
        } catch {
            throw APIError(
                status: .notFound, code: "not_found", message: "There is nothing at this address: check it.")
        }
        if let seconds = requests?.take(identity.account.id) {
            throw APIError.tooMany(
                "You ask faster than this server answers; try again in \(seconds) seconds.", retryAfter: seconds)
        }
        return administrator
    }

    /// The same for what cannot be undone, or gives rights: the password must have been shown a short time ago, or come
    /// with the request, as its member `confirm_password` or its header `Confirm-Password`.
    nonisolated(nonsending) func confirmed(_ request: Request, _ fields: JSONValue) async throws -> Administrator {
        let administrator = try await administrator(request)
        try await confirm(administrator, request, fields)
        return administrator
    }

    nonisolated(nonsending) func confirm(
        _ administrator: Administrator, _ request: Request, _ fields: JSONValue
    ) async throws {
        let password = try fields.string("confirm_password") ?? request.headers.first("confirm-password")
        do throws(AccountError) {
            try await accounts.confirmAgain(password, of: administrator.identity, from: administrator.address)
        } catch .wrongPassword {
            throw APIError(
                status: .forbidden, code: "wrong_password", message: AccountError.wrongPassword.description,
                field: "confirm_password")
        } catch {
            throw APIError(error)
        }
    }

    func addRoutes(to router: inout Router, json: JSONLimits) {
        AdminUsersController(administration: self, json: json).addRoutes(to: &router)
        AdminRoomsController(administration: self, json: json).addRoutes(to: &router)
        AdminNetworksController(administration: self, json: json).addRoutes(to: &router)
        AdminServerController(administration: self).addRoutes(to: &router)
    }
}
