import Bytes
import Cryptography
import HTTPWire
import JSON
import Metrics
import Network
import Routing

/// What operators' programs ask: `/metrics` and `/readyz`. (`/healthz`, whether the process lives, is the page's.)
struct OperationsController: Sendable {
    let metrics: MetricsRegistry
    let readiness: Readiness
    /// What reads the metrics from elsewhere; `nil` for nobody.
    let token: String?
    /// Where metrics are read, for some come from files of the system.
    let pool: BlockingPool

    func addRoutes(to router: inout Router) {
        router.get("/metrics") { request in try await metrics(request) }
        router.get("/readyz") { request in await ready(mayKnowMore: mayRead(request)) }
    }

    static let notReady = "The server is not ready; try again in a moment."

    private nonisolated(nonsending) func metrics(_ request: Request) async throws -> Response {
        // As if there were nothing, so that nobody learns by asking that there is something to guess.
        guard mayRead(request) else { throw Refusal(.notFound, "There is nothing at this address: check it.") }
        let registry = metrics
        let text = try await pool.run { registry.text }
        return Response(
            .ok, headers: ["Content-Type": MetricsRegistry.contentType, "Cache-Control": "no-store"],
            body: .bytes(text))
    }

    /// The bearer of the token may, and who asks from this machine; not a proxy on it for somebody else.
    private func mayRead(_ request: Request) -> Bool {
        if let token, let shown = BearerToken.token(request.headers.first("authorization")) {
            return constantTimeEquals(SHA256.hash(Array(token.utf8)), SHA256.hash(Array(shown.utf8)))
        }
        guard IPAddress(request.peerAddress)?.isLoopback == true else { return false }
        return ["x-forwarded-for", "forwarded", "x-real-ip"].allSatisfy { request.headers.first($0) == nil }
    }

    /// Anybody may know whether the server is ready; why not, only who may read the metrics.
    private nonisolated(nonsending) func ready(mayKnowMore: Bool) async -> Response {
        let complaint = await readiness.complaint()
        let answer: Response =
            if let complaint {
                .json(
                    ["status": "unavailable", "message": .string(mayKnowMore ? complaint : Self.notReady)],
                    status: .serviceUnavailable
                )
                .with("Retry-After", "5")
            } else { .json(["status": "ok"]) }
        return answer.with("Cache-Control", "no-store")
    }
}
