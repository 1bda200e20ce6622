import EventLoops
import JSON

/// What few sockets have; made at the first need, so that an idle socket does not pay for it.
final class SocketExtras {
    var data = SocketData()
    var storage = SocketStorage()
    var incoming = CatchAllList()
    var outgoing = CatchAllList()
    var middlewares: [SocketMiddleware] = []
    var errorHandlers: [(token: HandlerToken, handler: @Sendable (any Error) -> Void)] = []
    var acks: [UInt64: AckWaiter] = [:]
    /// The private session id of connection state recovery.
    var privateID: String?
    /// Bodies of async handlers that have not ended.
    var unfinished = 0

    init() {}

    /// Lets go of closures, which may hold the socket.
    func dropHandlers() {
        incoming = CatchAllList()
        outgoing = CatchAllList()
        middlewares = []
        errorHandlers = []
    }
}

/// One acknowledgement that is awaited from a client. Belongs to the socket's loop.
final class AckWaiter: TimerTarget {
    /// Kept until the answer comes or the socket ends, which completes all waiters.
    private let socket: Socket
    private let id: UInt64
    private let completion: @Sendable (Result<EventArguments, AckError>) -> Void
    private var timer: TimerToken?

    init(
        socket: Socket, id: UInt64, timeout: Duration?,
        completion: @escaping @Sendable (Result<EventArguments, AckError>) -> Void
    ) {
        self.socket = socket
        self.id = id
        self.completion = completion
        if let timeout { timer = socket.shard.loop.schedule(after: timeout, self) }
    }

    /// The caller has taken the waiter out of the socket's table.
    func complete(_ result: Result<EventArguments, AckError>) {
        if let timer { socket.shard.loop.cancel(timer) }
        timer = nil
        completion(result)
    }

    func timerFired(_ token: TimerToken) {
        timer = nil
        guard socket.extras?.acks.removeValue(forKey: id) != nil else { return }
        completion(.failure(.timedOut))
    }
}
