public import JSON
public import Network

/// A client of one namespace of a Socket.IO server.
///
///     let client = try SocketIOClient("http://127.0.0.1:3000")
///     client.on("news") { arguments, _ in print(arguments) }
///     try await client.connect()
///     let answer = try await client.emitWithAck("echo", "hello")
///
/// A client that has connected stays connected, and reconnects, until `disconnect()`. Calls take effect in their order;
/// handlers run on the client's loop, one after the other, and must not block it.
public final class SocketIOClient: Sendable {
    /// The name of the namespace, `/` or longer.
    public let namespace: String
    let core: ClientCore

    /// Called with an event's arguments, and with what answers it where the server asked for an acknowledgement.
    public typealias Handler = @Sendable (_ arguments: [JSONValue], _ reply: ClientReply?) -> Void

    /// - Parameters:
    ///   - url: `http://host:port`, where a path names a namespace.
    ///   - auth: what the server's middleware gets.
    ///   - loop: the loop to live on; the default is one that all clients of the process share.
    public convenience init(
        _ url: String, auth: JSONValue? = nil, options: ClientOptions = ClientOptions(),
        reconnection: ReconnectionOptions = ReconnectionOptions(), loop: UVLoop? = nil
    ) throws(ClientError) {
        try self.init(try ClientURL(url), auth: auth, options: options, reconnection: reconnection, loop: loop)
    }

    /// The same with an address that was read already.
    public init(
        _ url: ClientURL, auth: JSONValue? = nil, options: ClientOptions = ClientOptions(),
        reconnection: ReconnectionOptions = ReconnectionOptions(), loop: UVLoop? = nil
    ) throws(ClientError) {
        _ = try ClientEndpoint(url: url, options: options)
        namespace = url.namespace
        core = ClientCore(url: url, options: options, reconnection: reconnection, loop: loop ?? Self.sharedLoop)
        let name = namespace
        core.post { $0.addNamespace(name, auth: auth) }
    }

    private init(namespace: String, core: ClientCore) {
        self.namespace = namespace
        self.core = core
    }

    private static let sharedLoop = UVLoop()

    /// Another namespace of the same server, over the same connection.
    public func of(_ namespace: String, auth: JSONValue? = nil) -> SocketIOClient {
        let name = namespace.hasPrefix("/") ? namespace : "/" + namespace
        core.post { $0.addNamespace(name, auth: auth) }
        return SocketIOClient(namespace: name, core: core)
    }

    /// Connects to the server, if this is the first namespace to do so, and to the namespace.
    ///
    /// Throws the first failure; only a connection that was made is made again when it is lost.
    public func connect() async throws {
        let name = namespace
        try await withCheckedThrowingContinuation { continuation in
            let isPosted = core.post { $0.connect(name, continuation) }
            if !isPosted { continuation.resume(throwing: ClientError.network(.loopStopped)) }
        }
    }

    /// Leaves the namespace; closes the connection with the last one. Calls that wait for an answer fail.
    public func disconnect() {
        let name = namespace
        core.post { $0.disconnect(name) }
    }

    /// The id of the socket on the server; `nil` while not connected.
    public var id: String? {
        get async {
            let name = namespace
            return await withCheckedContinuation { continuation in
                let isPosted = core.post { continuation.resume(returning: $0.id(of: name)) }
                if !isPosted { continuation.resume(returning: nil) }
            }
        }
    }

    /// Calls `handler` for each event of this name, in the order in which they came.
    ///
    /// Besides the server's events there are `connect`, `disconnect` (with a reason), `connect_error` (with a message and
    /// perhaps data), `reconnect_attempt` (with its number) and `reconnect_failed`.
    public func on(_ event: String, _ handler: @escaping Handler) {
        let name = namespace
        core.post { $0.addHandler(handler, for: event, of: name) }
    }

    /// Forgets the handlers of an event.
    public func off(_ event: String) {
        let name = namespace
        core.post { $0.removeHandlers(for: event, of: name) }
    }

    /// The arguments of the events of this name from now on; the oldest 10,000 wait to be taken.
    public func events(_ event: String) -> AsyncStream<[JSONValue]> {
        AsyncStream(bufferingPolicy: .bufferingOldest(10_000)) { continuation in
            on(event) { arguments, _ in continuation.yield(arguments) }
        }
    }

    /// Sends an event; `.bytes` anywhere in the arguments goes as an attachment.
    ///
    /// While the connection is lost, events wait for it, up to `ReconnectionOptions.maxBufferedEvents`.
    public func emit(_ event: String, _ arguments: JSONValue...) {
        emit(event, arguments: arguments)
    }

    /// Sends an event.
    public func emit(_ event: String, arguments: [JSONValue]) {
        let name = namespace
        core.post { _ = $0.emit(.string(event), arguments, to: name, id: nil) }
    }

    /// Sends an event and waits for the server's answer.
    public func emitWithAck(
        _ event: String, _ arguments: JSONValue..., timeout: Duration = .seconds(10)
    ) async throws -> [JSONValue] {
        try await emitWithAck(event, arguments: arguments, timeout: timeout)
    }

    /// Sends an event and waits for the server's answer.
    public func emitWithAck(
        _ event: String, arguments: [JSONValue], timeout: Duration = .seconds(10)
    ) async throws -> [JSONValue] {
        let name = namespace
        return try await withCheckedThrowingContinuation { continuation in
            let isPosted = core.post { $0.emit(.string(event), arguments, to: name, timeout: timeout, continuation) }
            if !isPosted { continuation.resume(throwing: ClientError.network(.loopStopped)) }
        }
    }
}

/// Answers one event that asked for an acknowledgement; a second answer does nothing.
public struct ClientReply: Sendable {
    let core: ClientCore
    let namespace: String
    let id: Int

    /// Sends the acknowledgement.
    public func callAsFunction(_ values: JSONValue...) {
        let (namespace, id) = (namespace, id)
        core.post { $0.reply(values, to: namespace, id: id) }
    }
}
