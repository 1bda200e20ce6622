import Bytes
import EventLoops
import Synchronization

/// A channel of communication that shares a connection with others: `/`, `/admin`. Has sockets, rooms and handlers of
/// its own.
///
/// For any thread. Obtained by `Server.of`.
public final class Namespace: Sendable {
    /// The name, with its slash.
    public let name: String
    /// What stands before the payload of its packets: `/name,`, or nothing for `/`.
    let prefix: [UInt8]
    let context: ServerContext
    let table = ShardTable()
    /// Who holds the rooms and carries broadcasts.
    public let adapter: any Adapter
    /// Whether it was made by a client's wish (`of(matching:)`).
    let isChild: Bool
    /// The server, which is gone where the application has let go of it.
    weak let server: Server?
    private let handlers: Locked<SharedHandlers>
    private let lastAckID = Atomic<UInt64>(0)
    /// Sockets, connecting ones counted. Grows under the server's lock only, so that a namespace that is being removed
    /// gets no new socket.
    private let sockets = Atomic<Int>(0)

    init(
        name: String, context: ServerContext, server: Server, shared: SharedHandlers = SharedHandlers(),
        isChild: Bool = false
    ) {
        self.name = name
        self.context = context
        self.server = server
        self.isChild = isChild
        prefix = name == "/" ? [] : Array("\(name),".utf8)
        handlers = Locked(shared)
        adapter = context.options.adapter(MemoryAdapter(namespace: name, context: context, shards: table))
        adapter.attached(to: self)
    }

    /// A namespace that stands for those of its children.
    init(parentOf children: ChildList, context: ServerContext, server: Server) {
        name = "/_\(ObjectIdentifier(children).hashValue)"
        self.context = context
        self.server = server
        isChild = false
        prefix = []
        handlers = Locked(SharedHandlers())
        adapter = ParentAdapter(children: children)
    }

    /// How many sockets the namespace has in this process, those that are still connecting counted.
    public var socketCount: Int { sockets.load(ordering: .relaxed) }

    // MARK: Loops

    var shards: [NamespaceShard] { table.shards }

    /// The shard of the loop at work; `nil` on any other thread.
    var currentShard: NamespaceShard? { table.shards.first { $0.loop.isCurrent } }

    /// Called under the server's lock, once.
    func attach(_ states: [LoopState]) {
        let shared = handlers.withLock { $0 }
        table.fill(states.map { NamespaceShard(namespace: self, state: $0, shared: shared) })
        // A handler registered just now may have missed the new shards.
        change { _ in }
    }

    // MARK: Claims

    /// Counts a socket that is about to connect. Under the server's lock.
    func claim() { sockets.wrappingAdd(1, ordering: .relaxed) }

    /// A socket is gone, or did not come.
    func release() {
        let left = sockets.wrappingSubtract(1, ordering: .relaxed).newValue
        if left == 0 && isChild && context.options.cleanupEmptyChildNamespaces { server?.removeIfEmpty(self) }
    }

    // MARK: Acknowledgements

    /// Ids of answers are counted for the namespace and not for a socket, so that a broadcast has one for all.
    func nextAckID() -> UInt64 { lastAckID.wrappingAdd(1, ordering: .relaxed).oldValue }

    // MARK: Handlers

    var shared: SharedHandlers { handlers.withLock { $0 } }

    /// Changes what is registered and tells every loop.
    func change(_ alter: (inout SharedHandlers.Content) -> Void) {
        let changed = handlers.withLock { shared in
            var content = shared.content
            alter(&content)
            shared = SharedHandlers(content, version: shared.version + 1)
            return shared
        }
        for shard in table.shards {
            if shard.loop.isCurrent { shard.take(changed) } else { shard.loop.execute { shard.take(changed) } }
        }
    }
}

extension NamespaceShard {
    fileprivate func take(_ handlers: SharedHandlers) {
        if handlers.version > shared.version { shared = handlers }
    }
}

extension Namespace: CustomStringConvertible {
    public var description: String { "Namespace(\(name))" }
}
