import Bytes
import EngineIO
import EventLoops
import HTTPWire
import Routing

/// What a request is for.
enum RequestTarget {
    /// No request is here.
    case none
    case router(HTTPRequestHead)
    case engine(EngineExchange)
}

extension HTTPConnection {
    func headReceived(_ head: HTTPRequestHead) {
        keepAlive = head.keepAlive && !host.isDraining && !hasLostInput
        answersHead = head.method == .head
        body = []
        bodyByteCount = 0
        guard options.gate.admits(host.server.clientAddress(of: stream, head.headers)) else { return refuseAddress() }
        guard options.hosts.allow(head.host, isUnixSocket: stream.peer.isEmpty) else { return refuseName() }
        target = findTarget(head)
        let length: Int? = if case .length(let count) = head.body { count } else { nil }
        if case .engine(let exchange) = target {
            if exchange.session == nil, let other = exchange.endpoint.otherHost(for: exchange.decision, than: host) {
                return move(to: other, head)
            }
            guard beginEngineRequest(exchange, contentLength: length) else { return }
        }
        if case .router = target, head.body != .none,
            let limit = host.server.responder.streamLimit(head.method, rawPath: head.path)
        {
            return startStreaming(head, limit: limit)
        }
        if let length, length > bodyLimit { return refuse(.bodyTooLarge) }
        // What exceeds an engine's own limit, its session is to hear of.
        if case .router = target {
            parser.limitBody(to: bodyLimit)
        } else {
            parser.limitBody(to: host.server.largestKeptBody)
        }
        if head.body != .none { deadline.set(.body, after: options.bodyTimeout, on: host.loop, target: self) }
        if head.expectsContinue, head.body != .none { stream.write(HTTPResponseEncoder.continueResponse) }
        phase = .readingBody
    }

    /// The request is for a name that this server does not go by, so no route sees it.
    private func refuseName() {
        keepAlive = false
        phase = .answering
        answer(
            .text(
                "This server does not go by the name in Host: add the name to its setting server.hosts, or ask by address.",
                status: .misdirectedRequest))
    }

    /// The client is in a network that is not served.
    private func refuseAddress() {
        keepAlive = false
        phase = .answering
        answer(.text("This server does not serve your network; ask its operator.", status: .forbidden))
    }

    private func findTarget(_ head: HTTPRequestHead) -> RequestTarget {
        let server = host.server
        guard let endpoint = server.endpoint(for: head.path) else { return .router(head) }
        let request = EngineHTTPRequest(head, isSecure: server.isSecure(stream, head.headers))
        return .engine(EngineExchange(request, to: endpoint, on: host))
    }

    /// The most bytes that the request being read may carry.
    private var bodyLimit: Int {
        switch target {
        case .none, .router: options.http.body
        case .engine(let exchange): postingSession?.incomingLimit ?? exchange.endpoint.options.maxPayload
        }
    }

    func bodyReceived(_ part: RawSpan) {
        if case .discarding = phase { return discard(part) }
        bodyByteCount += part.byteCount
        if case .streaming = phase { return streamReceived(part) }
        guard bodyByteCount <= bodyLimit else { return bodyOverflowed() }
        if isBodyWanted, !keepInput(part) { refuseWithoutRoom() }
    }

    /// Of what an engine is sent, only the POSTs of its sessions mean something.
    private var isBodyWanted: Bool {
        if case .router = target { true } else { postingSession != nil }
    }

    /// The server keeps as much for others as it may.
    private func refuseWithoutRoom() {
        if let session = postingSession { _ = session.machine.postTooLarge() }
        postingSession = nil
        keepAlive = false
        phase = .answering
        answerWithoutRoom()
    }

    func answerWithoutRoom() {
        answer(
            .text("The server has too much work under way: send this again later.", status: HTTPStatus(503))
                .with("Retry-After", "1"))
    }

    private func bodyOverflowed() {
        releaseInput()
        guard let session = postingSession else { return refuse(.bodyTooLarge) }
        postingSession = nil
        answerEarly(session.machine.postTooLarge())
    }

    func requestCompleted() {
        if case .discarding = phase { return discarded() }
        phase = .answering
        deadline.clear()
        if let streamed { return streamed.body.end() }
        switch target {
        case .engine(let exchange): completeEngineRequest(exchange)
        case .router(let head): route(head)
        case .none: break
        }
    }

    private func route(_ head: HTTPRequestHead) {
        let content = body
        body = []
        respond(to: head, content)
    }

    /// Starts the handler.
    func respond(to head: HTTPRequestHead, _ content: [UInt8] = [], stream streamedContent: RequestBody? = nil) {
        let server = host.server
        let request = Request(
            head, body: content, stream: streamedContent, remoteAddress: server.clientAddress(of: stream, head.headers),
            peerAddress: stream.peer, isSecure: server.isSecure(stream, head.headers), id: host.nextRequestID())
        isHandled = true
        let ticket = AnswerTicket(connection: self)
        host.loop.start {
            let response = await server.responder.respond(to: request)
            ticket.connection.handled(response)
        }
    }

    /// The handler has ended; the client may have gone meanwhile.
    private func handled(_ response: Response) {
        isHandled = false
        releaseInput()
        endStreaming()
        answer(response)
    }

    /// Moves this connection to the loop of the session that the request names, and goes on there.
    private func move(to other: LoopHost, _ head: HTTPRequestHead) {
        phase = .answering
        afterParsing = { [self] in stream.whenDelivered { [self] in moveNow(to: other, head) } }
    }

    private func moveNow(to other: LoopHost, _ head: HTTPRequestHead) {
        deadline.cancel(on: host.loop)
        let hasMoved = stream.move(to: other) { [self] in
            headReceived(head)
            resumeRequest()
        }
        // Only for a client that does not read the answers it asked for before.
        if !hasMoved { finish() }
    }
}

/// Carries a connection through an async handler that runs on the connection's own loop.
///
/// `@unchecked Sendable` because `loop.start` runs the handler on that loop, and only there is the connection touched.
struct AnswerTicket: @unchecked Sendable {
    let connection: HTTPConnection
}
