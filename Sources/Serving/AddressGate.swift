public import Bytes
import EventLoops
import Network
import Synchronization

/// Which addresses are served; may be changed while servers run.
///
/// Asked for each request and each handshake, by the address that limits count for: whose word that is, the rule for
/// trusted proxies decides. This machine itself (the loopback) is always served.
public final class AddressGate: Sendable {
    private let isOpen = Atomic(true)
    private let rules = Locked(Rules())
    private let servers = Locked<[WeakServer]>([])

    private struct Rules {
        var refused = NetworkSet([])
        var admitted = NetworkSet([])
    }

    private struct WeakServer {
        weak var core: ServerCore?
    }

    /// A gate that lets everybody in.
    public init() {}

    /// From now on serves nobody from the networks `refused`, but for those in `admitted`; sessions and connections that
    /// are open from there are closed.
    public func set(refused: [CIDR], admitted: [CIDR]) {
        let new = Rules(refused: NetworkSet(refused), admitted: NetworkSet(admitted))
        rules.withLock { $0 = new }
        isOpen.store(refused.isEmpty, ordering: .releasing)
        guard !refused.isEmpty else { return }
        for server in servers.withLock({ $0.compactMap(\.core) }) {
            for host in server.hosts { host.loop.execute { host.closeRefused() } }
        }
    }

    /// Whether an address is served. What is no IP address is: it comes over a unix socket.
    public func admits(_ address: @autoclosure () -> String) -> Bool {
        if isOpen.load(ordering: .acquiring) { return true }
        guard let address = IPAddress(address()), !address.isLoopback else { return true }
        return rules.withLock { !$0.refused.contains(address) || $0.admitted.contains(address) }
    }

    func attach(_ core: ServerCore) {
        servers.withLock { servers in
            servers.removeAll { $0.core == nil }
            servers.append(WeakServer(core: core))
        }
    }
}

/// Networks by their lengths: who asks for an address looks once for each length, however many networks there are.
public struct NetworkSet: Sendable {
    private var networks: Set<CIDR>
    private let lengths: [Int]

    /// The networks in any order.
    public init(_ networks: some Sequence<CIDR>) {
        self.networks = Set(networks)
        lengths = Set(self.networks.map(\.prefixLength)).sorted()
    }

    /// Whether the address is in one of them.
    public func contains(_ address: IPAddress) -> Bool {
        lengths.contains { length in CIDR(address, prefixLength: length).map(networks.contains) ?? false }
    }
}
