import Synchronization

/// What happens to a room. A socket's own room counts as one.
public enum RoomEvent: Equatable, Sendable {
    /// The first socket of a loop is about to join the room there.
    case created(room: String)
    /// The last socket of a loop has left the room there.
    case deleted(room: String)
    /// The socket with this id is in the room now.
    case joined(room: String, id: String)
    /// The socket with this id is in the room no longer.
    case left(room: String, id: String)
}

/// Judges a connecting socket: returns, or throws.
enum NamespaceMiddleware: Sendable {
    case sync(@Sendable (Socket) throws -> Void)
    case async(Async)

    typealias Async = nonisolated(nonsending) @Sendable (Socket) async throws -> Void
}

/// Everything that is registered on a namespace: one unchanging picture, which every loop has a reference to.
final class SharedHandlers: Sendable {
    struct Content: Sendable {
        var events = HandlerList()
        var connection: [(token: HandlerToken, handler: NamespaceMiddleware)] = []
        var middlewares: [NamespaceMiddleware] = []
        var recoveryJudge: RecoveryJudge?
        var roomObservers: [@Sendable (RoomEvent) -> Void] = []
        var serverEvents = HandlerListForServers()
    }

    let content: Content
    /// Grows with each change, so that a late post does not undo a newer one.
    let version: Int

    init(_ content: Content = Content(), version: Int = 0) {
        self.content = content
        self.version = version
    }

    var events: HandlerList { content.events }

    func roomEvent(_ event: @autoclosure () -> RoomEvent) {
        guard !content.roomObservers.isEmpty else { return }
        let event = event()
        for observer in content.roomObservers { observer(event) }
    }
}

/// Handlers of events that another server sent.
struct HandlerListForServers: Sendable {
    typealias Handler = @Sendable (EventArguments) -> Void
    var entries: [(name: String, handler: Handler)] = []
}

/// The shards of a namespace, made once when the loops are known. For any thread.
final class ShardTable: Sendable {
    private final class Shards: Sendable {
        let list: [NamespaceShard]
        init(_ list: [NamespaceShard]) { self.list = list }
    }

    private let made = AtomicLazyReference<Shards>()

    init() {}

    func fill(_ shards: [NamespaceShard]) { _ = made.storeIfNil(Shards(shards)) }

    /// One for each loop, in the order of `EventLoop.index`; none before the server has started.
    var shards: [NamespaceShard] { made.load()?.list ?? [] }
}
