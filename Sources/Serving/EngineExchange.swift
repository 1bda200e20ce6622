import EngineIO
import HTTPWire

/// A request for an engine, with what was decided about it.
final class EngineExchange {
    let endpoint: EngineEndpoint
    let request: EngineHTTPRequest
    let decision: EngineDecision
    /// The session of this loop that the request names.
    let session: SessionDriver?
    /// Set for the answer to the request that opened a session.
    var cookie: String?

    init(_ request: EngineHTTPRequest, to endpoint: EngineEndpoint, on host: LoopHost) {
        self.endpoint = endpoint
        self.request = request
        decision = endpoint.gate.decide(request)
        session = if case .existing(let id, _) = decision { endpoint.session(id, on: host) } else { nil }
    }
}

/// A request to an engine as it came over HTTP: what the gate asks for is looked up in the head.
struct EngineHTTPRequest: EngineRequest {
    let head: HTTPRequestHead
    let isUpgrade: Bool
    let isSecure: Bool
    private let query: [QueryString.Parameter]

    init(_ head: HTTPRequestHead, isSecure: Bool) {
        self.head = head
        self.isSecure = isSecure
        isUpgrade = head.isWebSocketUpgrade
        // A query that cannot be read names nothing.
        query = (try? head.parameters())?.parameters ?? []
    }

    var method: String { head.method.description }

    func header(_ name: String) -> String? { head.headers.first(name) }

    func hasRepeated(_ name: String) -> Bool { head.headers.values(name).count > 1 }

    func lastParameter(_ name: String) -> String? { query.last { $0.name == name }?.value }

    /// Fields that concern this one connection, and no application.
    private static let ofConnection: Set = [
        "connection", "upgrade", "keep-alive", "sec-websocket-key", "sec-websocket-version", "sec-websocket-extensions",
    ]

    /// All that the application is told of the request, where it opens a session or is refused.
    func handshake(address: String, issued: Int64) -> EngineHandshake {
        EngineHandshake(
            headers: head.headers.filter { !Self.ofConnection.contains($0.name) },
            query: query.map { (name: $0.name, value: $0.value) }, url: head.target,
            address: address, isSecure: isSecure, issued: issued)
    }
}
