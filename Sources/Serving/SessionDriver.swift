import Bytes
import EngineIO
import EventLoops
import Network
import WebSocketWire

/// Drives one Engine.IO session: owns its poll, its WebSocket and its timer, and does what `SessionMachine` says.
///
/// Lives on one loop. The host's table keeps it until the session ends.
final class SessionDriver: EngineSession {
    let handshake: EngineHandshake
    let endpoint: EngineEndpoint
    /// Held until the host forgets the session, at its end.
    let host: LoopHost
    // Touched by the loop's thread alone; no method of the machine calls out.
    @exclusivity(unchecked) var machine: SessionMachine
    var delegate: (any EngineSessionDelegate)?
    /// The GET that waits for an answer.
    var poll: HTTPConnection?
    var webSocket: WebSocketTransport?
    /// A WebSocket that wants to take over.
    var candidate: WebSocketTransport?
    private var timer: (token: TimerToken, due: MonotonicTime)?
    private var isFlushDue = false
    private var hasJoined = false
    /// The transport that the session is counted under.
    private var counted: EngineTransport?
    private var endReason: EngineCloseReason?
    /// The most bytes that one message or POST of the client may have now.
    private(set) var incomingLimit: Int

    init(id: String, opening: EngineOpening, handshake: EngineHandshake, endpoint: EngineEndpoint, host: LoopHost) {
        self.handshake = handshake
        self.endpoint = endpoint
        self.host = host
        incomingLimit = endpoint.options.maxPayloadBeforeJoin ?? endpoint.options.maxPayload
        machine = SessionMachine(
            id: id, opening: opening, options: endpoint.shared, waiting: host.server.waitingBudget, now: host.loop.now)
    }

    var id: String { machine.id }
    var revision: EngineRevision { machine.revision }
    var transport: EngineTransport { machine.transport }
    var loop: any EventLoop { host.loop }
    var inputBudget: MemoryBudget { host.server.inputBudget }
    var isEnded: Bool { machine.isEnded }

    /// Registers the session and tells the application.
    func begin() {
        host.add(self)
        count(as: webSocket == nil ? .polling : .webSocket)
        armTimer()
        let delegate = endpoint.application.opened(self)
        // The application may have closed the session at once.
        if let endReason { delegate.closed(endReason) } else { self.delegate = delegate }
    }

    /// The session's first WebSocket is open: say so with the open packet.
    func opened(on socket: WebSocketTransport) {
        webSocket = socket
        socket.send(text: machine.openPacket.span.bytes)
        begin()
    }

    func count(as transport: EngineTransport?) {
        host.figures.moved(from: counted, to: transport)
        counted = transport
    }

    func joined() {
        guard !hasJoined else { return }
        hasJoined = true
        host.server.census.joined(handshake.address)
    }

    func allowFullPayload() { incomingLimit = endpoint.options.maxPayload }

    // MARK: Sending

    var isWritable: Bool {
        guard let webSocket else { return poll != nil }
        return webSocket.pendingBytes < Self.writableBelow
    }

    /// What waits in this turn alone is no sign of a slow reader.
    private static let writableBelow = 64 << 10

    @inline(__always)
    func send(_ message: OutgoingMessage) {
        if let webSocket, !message.flags.isVolatile, !machine.isEnded { return write(message, to: webSocket) }
        switch machine.send(message, isWritable: isWritable) {
        case .write: if let webSocket { write(message, to: webSocket) }
        case .queued: flushLater()
        case .queuedAndAnswer(let answer):
            answerPoll(answer)
            flushLater()
        case .dropped: break
        case .end(let end): finish(end)
        }
    }

    func send(text: RawSpan) {
        if let webSocket, !machine.isEnded {
            return webSocket.send(text: text, prefix: EnginePacketType.message.digit)
        }
        switch machine.send(text: text) {
        case .write, .dropped: break
        case .queued: flushLater()
        case .queuedAndAnswer(let answer):
            answerPoll(answer)
            flushLater()
        case .end(let end): finish(end)
        }
    }

    /// Answers the waiting poll at the end of this turn, with all that was queued in it.
    func flushLater() {
        guard poll != nil, !isFlushDue else { return }
        isFlushDue = true
        host.flushLater(self)
    }

    func flush() {
        isFlushDue = false
        if let answer = machine.takePollAnswer() { answerPoll(answer) }
    }

    func answerPoll(_ answer: EngineResponse) {
        guard let connection = poll else { return }
        poll = nil
        connection.pollingSession = nil
        connection.answer(answer)
    }

    // MARK: The end

    func close() {
        switch machine.closeRequested(.serverClose, now: host.loop.now) {
        case .wait: armTimer()
        case .answer(let answer):
            answerPoll(answer)
            armTimer()
        case .nothing: break
        case .end(let end): finish(end)
        }
    }

    /// The server stops: no further poll is waited for, either where the session was closing before.
    func shutDown() {
        if case .end(let end) = machine.closeRequested(.serverShuttingDown, now: host.loop.now) { return finish(end) }
        if let end = machine.failed(.serverShuttingDown) { finish(end) }
    }

    func finish(_ end: EngineSessionEnd) {
        endReason = end.reason
        host.remove(self)
        count(as: nil)
        host.server.census.ended(handshake.address, hadJoined: hasJoined)
        if let timer { host.loop.cancel(timer.token) }
        timer = nil
        if let answer = end.pollAnswer { answerPoll(answer) }
        if let poll {
            self.poll = nil
            poll.pollingSession = nil
            poll.answer(.refusal(.unknownSession))
        }
        closeWebSockets(end.reason)
        let delegate = self.delegate
        self.delegate = nil
        delegate?.closed(end.reason)
    }

    private func closeWebSockets(_ reason: EngineCloseReason) {
        let sockets = [webSocket, candidate]
        webSocket = nil
        candidate = nil
        for case let socket? in sockets {
            switch reason {
            case .bufferOverflow: socket.abort()
            case .serverShuttingDown,
                // An application that stops closes its sessions by itself.
                .serverClose where host.isDraining:
                socket.close(.goingAway, reason: "server shutting down")
            default: socket.close(nil)
            }
        }
    }

    // MARK: Time

    /// Sets the timer to the machine's next deadline; a timer that fires too early looks again.
    func armTimer() {
        guard let due = machine.nextDeadline else { return }
        if let timer {
            if timer.due <= due { return }
            host.loop.cancel(timer.token)
        }
        timer = (host.loop.schedule(after: due - host.loop.now, self), due)
    }
}

extension SessionDriver: TimerTarget {
    func timerFired(_ token: TimerToken) {
        timer = nil
        while !machine.isEnded {
            switch machine.deadlineReached(now: host.loop.now) {
            case .nothing: return armTimer()
            case .flush: flushLater()
            case .write(let packet): webSocket?.send(text: packet.span.bytes)
            case .closeCandidate:
                candidate?.close(nil)
                candidate = nil
            case .end(let end): finish(end)
            }
        }
    }
}
