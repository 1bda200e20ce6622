import EngineIO
import EventLoops
import Network

/// One engine of a server, at its path: decides what becomes of each request there.
final class EngineEndpoint: Sendable {
    let application: any EngineApplication
    let shared: SharedEngineOptions
    let gate: EngineGate

    var options: EngineOptions { shared.options }

    init(_ application: any EngineApplication) throws {
        self.application = application
        try application.checkOptions()
        let options = application.engineOptions
        shared = SharedEngineOptions(options)
        gate = EngineGate(options)
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
