import Bytes
public import EngineIO
public import EventLoops
public import Network

/// What a connection tells its owner, on the connection's loop. Bytes are lent for the call.
public protocol ClientConnectionDelegate: AnyObject {
    /// The session is open.
    func opened(_ connection: ClientConnection)
    /// A text message: one packet of Socket.IO.
    func received(text: RawSpan, from connection: ClientConnection)
    /// A binary message: one attachment of Socket.IO.
    func received(binary: RawSpan, from connection: ClientConnection)
    /// The transport has changed from polling to WebSocket.
    func upgraded(_ connection: ClientConnection)
    /// The last call.
    func closed(_ connection: ClientConnection, _ error: ClientError)
}

extension ClientConnectionDelegate {
    public func upgraded(_ connection: ClientConnection) {}
}

/// One Engine.IO session as a client has it: opens, answers heartbeats, upgrades, carries messages.
///
/// Callbacks only, no tasks: thousands of them live cheaply on one loop. Every member is used on that loop's thread.
public final class ClientConnection {
    /// The loop that the connection lives on, and its methods are called on.
    public let loop: UVLoop
    /// Who hears of messages and of the end; held until it has heard `closed`. Not weak: counting the owners of an object
    /// that was ever referenced weakly takes several times as long from then on, and every frame passes through this one.
    public var delegate: (any ClientConnectionDelegate)?
    /// What the server announced; `nil` until the session is open.
    public internal(set) var session: EngineOpen?
    /// How far the connection has come.
    public internal(set) var state = State.idle
    /// The transport that messages take now.
    public internal(set) var transport: EngineTransport

    /// A connection goes through these in order, once.
    public enum State: Sendable {
        case idle
        case opening
        case open
        case closing
        case closed
    }

    var endpoint: ClientEndpoint
    var carrier: (any ClientTransport)?
    /// A WebSocket that may take over.
    var probe: WebSocketTransport?
    /// Messages that wait until the upgrade is through; `nil` while none is going on.
    var held: [Held]?
    private var deadline: TimerToken?
    var probeDeadline: TimerToken?
    private var lastHeard = MonotonicTime(nanoseconds: 0)

    enum Held {
        case text([UInt8])
        case binary([UInt8])
    }

    /// - Throws: `.invalidHeader` or `.invalidURL` for options that cannot be sent.
    public init(url: ClientURL, options: ClientOptions = ClientOptions(), loop: UVLoop) throws(ClientError) {
        self.loop = loop
        endpoint = try ClientEndpoint(url: url, options: options)
        transport = options.transports.first ?? .webSocket
    }

    /// Begins to connect; the delegate hears `opened` or `closed`. Once only.
    public func open() {
        guard state == .idle else { return }
        state = .opening
        setDeadline(endpoint.options.connectTimeout)
        let carrier: any ClientTransport =
            transport == .webSocket
            ? WebSocketTransport(loop: loop, endpoint: endpoint) : PollingTransport(loop: loop, endpoint: endpoint)
        carrier.owner = self
        self.carrier = carrier
        carrier.open()
    }

    /// Sends a text message. Does nothing unless the session is open.
    public func send(text: RawSpan) {
        guard state == .open else { return }
        if held != nil { held?.append(.text(text.array)) } else { carrier?.send(.message, text) }
    }

    /// Sends a binary message. Does nothing unless the session is open.
    public func send(binary: RawSpan) {
        guard state == .open else { return }
        if held != nil { held?.append(.binary(binary.array)) } else { carrier?.send(binary: binary) }
    }

    /// Closes as the protocol wants it; the delegate hears `closed`.
    public func close() {
        switch state {
        case .open:
            dropProbe()
            state = .closing
            setDeadline(.seconds(5))
            carrier?.close()
        case .idle, .opening: finish(.closedByClient)
        case .closing, .closed: break
        }
    }

    /// Closes at once; the delegate hears `closed`.
    public func abort() { finish(.closedByClient) }

    /// Closes at once for a fault of the server; the delegate hears `closed` with it.
    func fail(_ error: ClientError) { finish(error) }

    func finish(_ error: ClientError) {
        guard state != .closed else { return }
        state = .closed
        if let deadline { loop.cancel(deadline) }
        deadline = nil
        held = nil
        dropProbe()
        carrier?.abort()
        carrier = nil
        let delegate = self.delegate
        self.delegate = nil
        delegate?.closed(self, error)
    }
}

// MARK: - Time

extension ClientConnection: TimerTarget {
    private func setDeadline(_ delay: Duration) {
        if let deadline { loop.cancel(deadline) }
        deadline = loop.schedule(after: delay, self)
    }

    public func timerFired(_ token: TimerToken) {
        guard token == deadline else { return upgradeTimedOut(token) }
        deadline = nil
        switch state {
        case .opening: finish(.timeout)
        case .closing: finish(.closedByClient)
        case .open: checkHeartbeat()
        case .idle, .closed: break
        }
    }

    /// The server must ping within its interval and time-out. One timer is enough for many pings.
    private func checkHeartbeat() {
        guard let session else { return }
        let silence = loop.now - lastHeard
        let allowed = session.pingInterval + session.pingTimeout
        if silence >= allowed { return finish(.pingTimeout) }
        setDeadline(allowed - silence)
    }
}

// MARK: - What transports tell

extension ClientConnection: ClientTransportOwner {
    func transportOpened(_ transport: any ClientTransport) {
        if transport === probe { sendProbe() }
    }

    func received(_ type: EnginePacketType, _ content: RawSpan, from transport: any ClientTransport) {
        if transport === probe { return probeAnswered(type, content) }
        switch type {
        case .message:
            if state == .open { delegate?.received(text: content, from: self) }
        case .ping:
            lastHeard = loop.now
            carrier?.send(.pong, content)
        case .open: opened(content)
        case .close: finish(.closedByServer(nil))
        case .noop, .pong, .upgrade: break
        }
    }

    func received(binary: RawSpan, from transport: any ClientTransport) {
        guard state == .open, transport === carrier else { return }
        delegate?.received(binary: binary, from: self)
    }

    func transportClosed(_ transport: any ClientTransport, _ error: ClientError) {
        if transport === carrier { return finish(state == .closing ? .closedByClient : error) }
        if transport === probe { upgradeFailed() }
    }

    private func opened(_ content: RawSpan) {
        guard state == .opening, let session = EngineOpen(content) else {
            return finish(.protocolViolation("an open packet that is not in place"))
        }
        self.session = session
        endpoint.session = session.id
        state = .open
        lastHeard = loop.now
        setDeadline(session.pingInterval + session.pingTimeout)
        if let polling = carrier as? PollingTransport {
            polling.endpoint = endpoint
            polling.maxPayload = session.maxPayload
        }
        delegate?.opened(self)
        if state == .open, transport == .polling { beginUpgrade() }
    }
}
