import EventLoops
import JSON
import Network

/// The state of a client, on its loop: one connection, its namespaces, and the reconnection.
actor ClientCore {
    nonisolated let loop: UVLoop
    let url: ClientURL
    let options: ClientOptions
    let reconnection: ReconnectionOptions
    var namespaces: [String: ClientNamespace] = [:]
    var connection: ClientConnection?
    /// What hears the connection; while there is one, it keeps the client alive.
    var link: ClientLink?
    private var timers: ClientTimers?
    /// Whether a connection was made since the user asked for one.
    var wasConnected = false
    var attempts = 0
    var reconnectTimer: TimerToken?
    var ackTimers: [TimerToken: (namespace: String, id: Int)] = [:]

    nonisolated var unownedExecutor: UnownedSerialExecutor { unsafe loop.asUnownedSerialExecutor() }

    init(url: ClientURL, options: ClientOptions, reconnection: ReconnectionOptions, loop: UVLoop) {
        self.url = url
        self.options = options
        self.reconnection = reconnection
        self.loop = loop
    }

    /// Runs `work` on the loop, in the order of the calls; `false` where the loop has ended.
    @discardableResult
    nonisolated func post(_ work: @escaping @Sendable (isolated ClientCore) -> Void) -> Bool {
        loop.execute { self.assumeIsolated { work($0) } }
    }

    // MARK: What the user asks for

    func addNamespace(_ name: String, auth: JSONValue?) {
        if namespaces[name] == nil { namespaces[name] = ClientNamespace(auth: auth) }
    }

    func addHandler(_ handler: @escaping SocketIOClient.Handler, for event: String, of name: String) {
        namespaces[name]?.handlers[event, default: []].append(handler)
    }

    func removeHandlers(for event: String, of name: String) { namespaces[name]?.handlers[event] = nil }

    func id(of name: String) -> String? { namespaces[name]?.id }

    func connect(_ name: String, _ continuation: CheckedContinuation<Void, any Error>) {
        guard namespaces[name]?.id == nil else { return continuation.resume() }
        namespaces[name]?.isWanted = true
        namespaces[name]?.connecting.append(continuation)
        if namespaces[name]?.joinTimer == nil { namespaces[name]?.joinTimer = schedule(after: options.connectTimeout) }
        if connection?.state == .open { return join(name) }
        if connection == nil, reconnectTimer == nil { open() }
    }

    func disconnect(_ name: String) {
        guard let namespace = namespaces[name], namespace.isWanted else { return }
        namespaces[name]?.isWanted = false
        if namespace.id != nil { send(SocketPacket(kind: .disconnect, namespace: name)) }
        left(name, reason: "io client disconnect", error: .closedByClient)
        closeIfUnused()
    }

    /// Closes the connection that no namespace wants any more.
    func closeIfUnused() {
        guard !namespaces.values.contains(where: \.isWanted) else { return }
        if let reconnectTimer { loop.cancel(reconnectTimer) }
        reconnectTimer = nil
        wasConnected = false
        let connection = self.connection
        self.connection = nil
        // The link hears of the end and lets go.
        if let connection { connection.close() } else { link = nil }
    }

    /// `false` where the event can neither be sent nor wait.
    func emit(_ event: JSONValue, _ arguments: [JSONValue], to name: String, id: Int?) -> Bool {
        guard let namespace = namespaces[name], namespace.isWanted else { return false }
        let packet = SocketPacket(kind: .event, namespace: name, id: id, values: [event] + arguments)
        if namespace.id != nil {
            send(packet)
        } else {
            guard namespace.buffer.count < reconnection.maxBufferedEvents else { return false }
            namespaces[name]?.buffer.append(packet)
        }
        return true
    }

    func emit(
        _ event: JSONValue, _ arguments: [JSONValue], to name: String, timeout: Duration,
        _ continuation: CheckedContinuation<[JSONValue], any Error>
    ) {
        guard let namespace = namespaces[name], namespace.isWanted else {
            return continuation.resume(throwing: ClientError.closedByClient)
        }
        let id = namespace.nextAck
        guard emit(event, arguments, to: name, id: id) else {
            return continuation.resume(throwing: ClientError.bufferFull)
        }
        let timer = schedule(after: timeout)
        ackTimers[timer] = (name, id)
        namespaces[name]?.nextAck += 1
        namespaces[name]?.acks[id] = ClientNamespace.Ack(continuation: continuation, timer: timer)
    }

    func reply(_ values: [JSONValue], to name: String, id: Int) {
        guard namespaces[name]?.unanswered.remove(id) != nil else { return }
        send(SocketPacket(kind: .ack, namespace: name, id: id, values: values))
    }

    func schedule(after delay: Duration) -> TimerToken {
        let target = timers ?? ClientTimers(core: self)
        timers = target
        return loop.schedule(after: delay, target)
    }

    // MARK: Sending

    func send(_ packet: SocketPacket) {
        guard let connection else { return }
        let (text, attachments) = packet.encoded()
        unsafe connection.send(text: text.span.bytes)
        for attachment in attachments { unsafe connection.send(binary: attachment.span.bytes) }
    }

    func join(_ name: String) {
        guard let namespace = namespaces[name] else { return }
        send(SocketPacket(kind: .connect, namespace: name, values: namespace.connectValues))
    }

    func cancelJoinTimer(of name: String) {
        if let timer = namespaces[name]?.joinTimer { loop.cancel(timer) }
        namespaces[name]?.joinTimer = nil
    }

    // MARK: Telling the user

    func call(_ event: String, _ arguments: [JSONValue], of name: String, reply: ClientReply? = nil) {
        for handler in namespaces[name]?.handlers[event] ?? [] { handler(arguments, reply) }
    }

    /// Ends what the namespace waits for, and says so where it was connected.
    func left(_ name: String, reason: String, error: ClientError) {
        guard let namespace = namespaces[name] else { return }
        namespaces[name]?.id = nil
        namespaces[name]?.acks = [:]
        namespaces[name]?.unanswered = []
        for ack in namespace.acks.values {
            loop.cancel(ack.timer)
            ackTimers[ack.timer] = nil
            ack.continuation.resume(throwing: error)
        }
        if !namespace.isWanted || namespace.id == nil {
            cancelJoinTimer(of: name)
            namespaces[name]?.connecting = []
            for continuation in namespace.connecting { continuation.resume(throwing: error) }
        }
        if !namespace.isWanted { namespaces[name]?.buffer = [] }
        if namespace.id != nil { call("disconnect", [.string(reason)], of: name) }
    }
}
