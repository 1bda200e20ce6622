import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Logging
import Network
import Routing

/// What all loops of one server share; nothing in it changes once the server runs, but what is locked.
///
/// `@unchecked Sendable` for `hosts`, which is set once, before the first connection.
final class ServerCore: @unchecked Sendable {
    let options: WebServerOptions
    let responder: Responder
    let logger: Logger
    let wallClock: any WallClock
    let random: any RandomSource
    /// Threads that read files.
    let files: BlockingPool
    let census = SessionCensus()
    /// What is kept of requests and messages that have not all come or are not answered yet.
    let inputBudget: MemoryBudget
    /// Answers that clients have not taken yet.
    let answerBudget: MemoryBudget
    /// What waits for clients: of sessions that poll, and behind the sockets of all loops.
    let waitingBudget: MemoryBudget
    /// Tells the request ids of one run from those of another.
    let startID: String
    private let endpoints: [EngineEndpoint]
    private(set) var hosts: [LoopHost] = []

    init(
        endpoints: [EngineEndpoint], responder: Responder, options: WebServerOptions, logger: Logger,
        wallClock: any WallClock, random: any RandomSource
    ) {
        self.endpoints = endpoints
        self.responder = responder
        self.options = options
        self.logger = logger
        self.wallClock = wallClock
        self.random = random
        // Each connection has one piece of a file read at a time.
        files = BlockingPool(threads: 2, maxQueued: options.maxConnections, name: "files")
        inputBudget = MemoryBudget(limit: options.maxUnfinishedInput)
        answerBudget = MemoryBudget(limit: options.maxUnreadAnswers)
        waitingBudget = MemoryBudget(limit: options.maxWaitingBytes)
        largestKeptBody = endpoints.map(\.options.maxPayload).reduce(options.http.body, max)
        largestBody = responder.streams ? .max : largestKeptBody
        startID = Hex.encode(random.bytes(4))
    }

    /// Gives the server its loops. Once, before the first connection.
    func attach(to loops: [UVLoop]) {
        hosts = loops.map { LoopHost(loop: $0, server: self) }
        options.gate.attach(self)
        for endpoint in endpoints { endpoint.application.started(on: loops) }
    }

    /// Lets the other loops cut clients that have had their time, so that such an answer has room when it is asked for
    /// again.
    func makeRoom(forAnswer count: Int, besides host: LoopHost) {
        for other in hosts where other !== host {
            other.loop.execute { [answerBudget] in
                while answerBudget.count + count > answerBudget.limit, other.cutSlowest() {}
            }
        }
    }

    var applications: [any EngineApplication] { endpoints.map(\.application) }

    /// The most that a request may say it carries before it is known what it is for. A route that streams refuses it
    /// itself.
    let largestBody: Int
    /// The most that any engine, or any route that is given all of it at once, takes in one request.
    let largestKeptBody: Int

    /// The engine whose path `path` is. What lies below it is for the router, such as the browser client.
    func endpoint(for path: String) -> EngineEndpoint? {
        endpoints.first { path == $0.options.path || path == $0.options.path.dropLast() }
    }

    /// The address that limits and rules count for.
    func clientAddress(of stream: ClientStream, _ headers: HTTPHeaders) -> String {
        ClientAddress.resolve(peer: stream.peer, headers: headers, trusted: options.trustedProxies)
    }

    /// Whether the client's connection is encrypted, as far as this server or a trusted proxy knows.
    func isSecure(_ stream: ClientStream, _ headers: HTTPHeaders) -> Bool {
        if stream.isSecure || options.trustedProxies.isEmpty { return stream.isSecure }
        return ClientAddress.isForwardedSecure(peer: stream.peer, headers: headers, trusted: options.trustedProxies)
    }
}
