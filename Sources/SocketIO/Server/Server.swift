import Bytes
public import EngineIO
public import EventLoops
import JSON

/// A Socket.IO server: what Engine.IO sessions are given to.
///
///     let io = Server()
///     io.on("connection") { socket in
///         socket.on("echo") { (event: SocketEvent) in event.acknowledge(event.arguments) }
///     }
///
/// For any thread. It does no input and output: `WebServer` (module Serving) brings it sessions. What is registered or
/// sent on the server itself belongs to the namespace `/`.
public final class Server: Sendable {
    /// What the server was told.
    public let options: ServerOptions
    let context: ServerContext
    private let registry: Locked<Registry>

    /// Makes namespaces on demand.
    private struct Rule: Sendable {
        let parent: Namespace
        let children: ChildList
        let matches: NamespaceRule
    }

    private struct Registry: Sendable {
        var namespaces: [String: Namespace] = [:]
        var rules: [Rule] = []
        var loops: [LoopState] = []
        var isClosed = false
        var listeners: [@Sendable (EngineRequestError, EngineHandshake) -> Void] = []
    }

    /// Makes a server; the options are checked when `WebServer` takes it, or before by `ServerOptions.check`.
    ///
    /// - Parameter random: where ids come from; the system's generator unless told.
    public init(options: ServerOptions = ServerOptions(), random: (any RandomSource)? = nil) {
        self.options = options
        context = ServerContext(options: options, random: random ?? SystemRandom())
        registry = Locked(Registry())
        _ = of("/")
    }

    var loopStates: [LoopState] { registry.withLock { $0.loops } }

    /// The namespace `/`.
    public var sockets: Namespace { of("/") }

    /// The namespace of this name, made now where there is none. The slash in front may be left out.
    public func of(_ name: String) -> Namespace {
        let name = name.utf8.first == UInt8(ascii: "/") ? name : "/\(name)"
        return registry.withLock { registry in
            if let known = registry.namespaces[name] { return known }
            return make(name, isChild: false, shared: SharedHandlers(), in: &registry)
        }
    }

    /// Namespaces that come to be when a client asks for a name that `matches` accepts.
    ///
    ///     io.of(matching: { $0.wholeMatch(of: /\/room-\d+/) != nil }).on("connection") { socket in ... }
    ///
    /// What is registered on the returned one before a child is made counts for the child; what is sent on it goes to
    /// all children. `matches` is asked on the client's loop, and not for names that exist.
    public func of(matching matches: @escaping @Sendable (String) -> Bool) -> Namespace {
        addRule(.sync { matches($0.name) })
    }

    /// The same with a rule that may look at the whole request, and may wait.
    public func of(
        matching matches: nonisolated(nonsending) @escaping @Sendable (NamespaceRequest) async -> Bool
    ) -> Namespace {
        addRule(.async(matches))
    }

    private func addRule(_ rule: NamespaceRule) -> Namespace {
        let children = ChildList()
        let parent = Namespace(parentOf: children, context: context, server: self)
        registry.withLock { $0.rules.append(Rule(parent: parent, children: children, matches: rule)) }
        return parent
    }

    private func make(_ name: String, isChild: Bool, shared: SharedHandlers, in registry: inout Registry) -> Namespace {
        let made = Namespace(name: name, context: context, server: self, shared: shared, isChild: isChild)
        if !registry.loops.isEmpty { made.attach(registry.loops) }
        registry.namespaces[name] = made
        return made
    }

    /// All namespaces that there are now, in no order.
    public var namespaces: [Namespace] { registry.withLock { Array($0.namespaces.values) } }

    // MARK: For connections

    /// The namespace of this name with a place claimed in it; `nil` where there is none, or the server is closed.
    func claim(_ name: String) -> Namespace? {
        registry.withLock { registry in
            guard !registry.isClosed, let namespace = registry.namespaces[name] else { return nil }
            namespace.claim()
            return namespace
        }
    }

    /// A rule by its place.
    func rule(_ index: Int) -> NamespaceRule? {
        registry.withLock { index < $0.rules.count ? $0.rules[index].matches : nil }
    }

    /// The namespace that a rule has accepted, made now where there is none, with a place claimed in it.
    func claimChild(_ name: String, ofRule index: Int) -> Namespace? {
        registry.withLock { registry in
            guard !registry.isClosed else { return nil }
            if let known = registry.namespaces[name] {
                known.claim()
                return known
            }
            let rule = registry.rules[index]
            let child = make(name, isChild: true, shared: rule.parent.shared, in: &registry)
            rule.children.add(child)
            child.claim()
            return child
        }
    }

    /// Removes a namespace that a client made, if it is still without sockets.
    func removeIfEmpty(_ namespace: Namespace) {
        registry.withLock { registry in
            guard namespace.socketCount == 0, registry.namespaces[namespace.name] === namespace else { return }
            registry.namespaces[namespace.name] = nil
            for rule in registry.rules { rule.children.remove(namespace) }
        }
    }

    // MARK: The end

    /// Disconnects every client with the reason `serverShuttingDown` and closes its connection; new ones are closed at
    /// once. What was registered is let go of, for it often holds the server.
    public func close() async {
        let (loops, namespaces) = registry.withLock { registry in
            registry.isClosed = true
            return (registry.loops, Array(registry.namespaces.values))
        }
        for state in loops {
            await withCheckedContinuation { continuation in
                let isPosted = state.loop.execute {
                    for connection in state.connections { connection.close(.serverShuttingDown) }
                    continuation.resume()
                }
                if !isPosted { continuation.resume() }
            }
        }
        for namespace in namespaces {
            namespace.adapter.close()
            namespace.change { $0 = SharedHandlers.Content() }
        }
    }
}

// MARK: - The protocol below

extension Server: EngineApplication {
    /// What the engine below was told.
    public var engineOptions: EngineOptions { options.engine }

    /// Throws where `options` make no sense; see `ServerOptions.check`.
    public func checkOptions() throws { try options.check() }

    public func started(on loops: [any EventLoop]) {
        for (place, loop) in loops.enumerated() {
            precondition(loop.index == place, "loops are given in the order of their indices, from 0")
        }
        registry.withLock { registry in
            guard registry.loops.isEmpty else { return }
            registry.loops = loops.map { LoopState(loop: $0, options: options) }
            for namespace in registry.namespaces.values { namespace.attach(registry.loops) }
        }
    }

    public var verifiesHandshakes: Bool { options.allowRequest != nil }

    public func verify(_ handshake: EngineHandshake) async -> EngineVerdict {
        guard let allowRequest = options.allowRequest else { return .allow }
        return await allowRequest(handshake)
    }

    public func opened(_ session: any EngineSession) -> any EngineSessionDelegate {
        let (state, isClosed) = registry.withLock { ($0.loops[session.loop.index], $0.isClosed) }
        let connection = Connection(session, server: self, state: state)
        if isClosed { connection.close(.serverShuttingDown) } else { connection.opened() }
        return connection
    }

    public func connectionFailed(_ error: EngineRequestError, handshake: EngineHandshake) {
        for listener in registry.withLock({ $0.listeners }) { listener(error, handshake) }
    }

    /// Calls `listener`, on the connection's loop, when a request was refused before there was a session.
    public func onConnectionError(_ listener: @escaping @Sendable (EngineRequestError, EngineHandshake) -> Void) {
        registry.withLock { $0.listeners.append(listener) }
    }

    public func stopping() async { await close() }
}

/// A client's wish for a namespace that does not exist.
public struct NamespaceRequest: Sendable {
    /// The name asked for, with its slash.
    public let name: String
    /// The request of the session, and the auth for this namespace.
    public let handshake: Handshake
}

/// Which names namespaces may be made for.
enum NamespaceRule: Sendable {
    case sync(@Sendable (NamespaceRequest) -> Bool)
    case async(Async)

    typealias Async = nonisolated(nonsending) @Sendable (NamespaceRequest) async -> Bool
}
