public import EngineIO
public import EventLoops
import JSON

/// One client in one namespace.
///
/// A socket lives on one event loop, `loop`, with its connection. Every method may be called from any thread: on the
/// loop (handlers always are) it acts at once, from elsewhere it is posted to the loop, in the order of the calls.
/// Properties that change (`isConnected`, `rooms`, `data`, `storage`, `transport`) may be read on the loop only and
/// stop the program anywhere else; from another thread, ask with `await socket.run { $0.rooms }`.
public final class Socket: @unchecked Sendable {
    // Sendable because the constants are for any thread, and every variable is touched on the loop's thread only: each
    // public member checks `isOnLoop` and posts otherwise.

    /// The public id, 20 letters; not the secret id of the Engine.IO session. Revision 3 clients know the socket by
    /// the session's id (`/name#id` outside `/`), so there it is that.
    public let id: String
    /// The namespace that the client joined.
    public let namespace: Namespace
    let shard: NamespaceShard
    let connection: Connection
    let auth: JSONValue
    /// Whether connection state recovery has brought back the id, rooms, data and missed events of an earlier socket.
    public let isRecovered: Bool

    enum State: UInt8 {
        /// Middlewares run.
        case connecting
        case connected
        case disconnected
    }

    var state = State.connecting
    /// Whether `finish` is under way.
    var isEnding = false
    /// Whether the socket has left the room of its own id.
    var hasLeftOwnRoom = false
    /// Whether the room of the own id exists as an object, because another socket is in it.
    var hasExplicitOwnRoom = false
    /// The place in `shard.all`.
    var place: Int32 = -1
    /// The last broadcast that was marked on the socket (`NamespaceShard.generation`).
    var mark: UInt64 = 0
    /// Where packets go while the socket is connected.
    var output: (any EngineSession)?
    var memberships: [Membership] = []
    var handlers = HandlerList()
    var extras: SocketExtras?

    init(id: String, connection: Connection, shard: NamespaceShard, auth: JSONValue, recovered: Bool = false) {
        self.id = id
        self.connection = connection
        self.shard = shard
        self.auth = auth
        namespace = shard.namespace
        isRecovered = recovered
    }

    /// The loop that the socket lives on.
    public var loop: any EventLoop { shard.loop }

    var isOnLoop: Bool { shard.loop.isCurrent }

    func requireLoop() {
        precondition(isOnLoop, "read this on the socket's loop: await socket.run { ... }")
    }

    /// Changes the handlers outside the object (see `EventStorage.exchange`).
    func alterHandlers(_ change: (inout HandlerList) -> Void) {
        var taken = HandlerList()
        swap(&taken, &handlers)
        change(&taken)
        swap(&taken, &handlers)
    }

    /// The extras, made now where there are none.
    var madeExtras: SocketExtras {
        if let extras { return extras }
        let made = SocketExtras()
        extras = made
        return made
    }

    /// What the client brought when it connected. From any thread.
    public var handshake: Handshake { Handshake(request: connection.handshake, auth: auth) }

    /// Whether the client has joined and not left. On the loop only.
    public var isConnected: Bool {
        requireLoop()
        return state == .connected
    }

    /// The transport in use now; `nil` once disconnected. On the loop only.
    public var transport: EngineTransport? {
        requireLoop()
        return output?.transport
    }

    /// The Engine.IO protocol revision of the client. From any thread.
    public var revision: EngineRevision { connection.revision }

    /// Named JSON values of the application, seen by `fetchSockets` and kept by recovery. On the loop only.
    public var data: SocketData {
        get {
            requireLoop()
            return extras?.data ?? SocketData()
        }
        set {
            requireLoop()
            madeExtras.data = newValue
        }
    }

    /// Typed values of the application. On the loop only.
    public var storage: SocketStorage {
        get {
            requireLoop()
            return extras?.storage ?? SocketStorage()
        }
        set {
            requireLoop()
            madeExtras.storage = newValue
        }
    }

    /// Runs `body` on the socket's loop and gives its result: the way to read a socket from another thread. `nil` where
    /// the server has stopped, and the loop with it.
    public func run<Result: Sendable>(_ body: @escaping @Sendable (Socket) -> Result) async -> Result? {
        if isOnLoop { return body(self) }
        return await withCheckedContinuation { continuation in
            let isPosted = shard.loop.execute { continuation.resume(returning: body(self)) }
            if !isPosted { continuation.resume(returning: nil) }
        }
    }

    /// Runs `work` now where this is the loop, and posts it otherwise; `false` where the loop has ended.
    @discardableResult
    func perform(_ work: @escaping @Sendable (Socket) -> Void) -> Bool {
        guard isOnLoop else { return shard.loop.execute { work(self) } }
        work(self)
        return true
    }
}

extension Socket: Hashable {
    public static func == (a: Socket, b: Socket) -> Bool { a === b }

    public func hash(into hasher: inout Hasher) { hasher.combine(ObjectIdentifier(self)) }
}

extension Socket: CustomStringConvertible {
    public var description: String { "Socket(\(namespace.name), \(id))" }
}

extension Socket {
    /// Lifts `EngineOptions.maxPayloadBeforeJoin` for the client's connection: call it once the client has shown that
    /// it may send much.
    public func allowFullPayload() {
        perform { $0.output?.allowFullPayload() }
    }
}
