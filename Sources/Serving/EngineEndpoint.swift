import EngineIO
import EventLoops
import HTTPWire
import Network
import WebSocketWire

/// One engine of a server, at its path: decides what becomes of each request there.
final class EngineEndpoint: Sendable {
    let application: any EngineApplication
    let options: EngineOptions
    let gate: EngineGate

    init(_ application: any EngineApplication) throws(EngineOptionsError) {
        self.application = application
        options = application.engineOptions
        try options.check()
        gate = EngineGate(options)
    }

    /// What the engine needs to know of a request. All headers only where a session may be opened: a poll does not pay
    /// for what nobody looks at.
    func request(_ head: HTTPRequestHead, stream: ClientStream) -> EngineRequest {
        let server = stream.host.server
        let query = (try? QueryString(parsing: head.query ?? ""))?.parameters ?? []
        let opensSession = !query.contains { $0.name == "sid" }
        let handshake = EngineHandshake(
            headers: opensSession ? Array(head.headers) : Self.routineHeaders(head.headers),
            query: query.map { (name: $0.name, value: $0.value) },
            url: opensSession ? head.target : "",
            address: opensSession ? server.clientAddress(of: stream, head.headers) : "",
            isSecure: server.isSecure(stream, head.headers), issued: server.wallClock.epochMilliseconds)
        return EngineRequest(
            method: head.method.description, isUpgrade: head.isWebSocketUpgrade, handshake: handshake)
    }

    private static func routineHeaders(_ headers: HTTPHeaders) -> [(name: String, value: String)] {
        let needed = [
            "origin", "host", "content-type", "accept-encoding", "access-control-request-headers", "sec-fetch-site",
            "referer",
        ]
        return needed.compactMap { name in
            headers.first(name).map { (name: name, value: $0) }
        }
    }

    /// Another loop's state, where that loop keeps the session that the request names.
    func otherHost(for decision: EngineDecision, than host: LoopHost) -> LoopHost? {
        guard case .existing(let id, _) = decision, let index = EngineSessionID.loopIndex(of: id),
            index != host.loop.index, host.server.hosts.indices.contains(index)
        else { return nil }
        return host.server.hosts[index]
    }

    /// The session of this engine that has that id.
    func session(_ id: String, on host: LoopHost) -> SessionDriver? {
        guard let session = host.session(id), session.endpoint === self else { return nil }
        return session
    }
}
