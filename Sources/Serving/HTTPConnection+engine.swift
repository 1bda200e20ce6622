import Bytes
import Deflate
import EngineIO
import EventLoops
import HTTPWire
import Network
import Routing

extension HTTPConnection {
    /// Looks at the head of an engine's request: `true` where its body is to be read before it is answered.
    func beginEngineRequest(_ exchange: EngineExchange, contentLength: Int?) -> Bool {
        guard case .existing(_, .post(let kind)) = exchange.decision else { return true }
        guard let session = exchange.session else {
            answerEarly(.refusal(.unknownSession))
            return false
        }
        guard session.postBegan(kind, contentLength: contentLength, on: self) else { return false }
        postingSession = session
        return true
    }

    func completeEngineRequest(_ exchange: EngineExchange) {
        switch exchange.decision {
        case .preflight(let response): answer(response)
        case .refuse(let error): refuse(error, exchange)
        case .open(let opening): open(opening, exchange)
        case .existing(_, let use): self.use(use, exchange)
        }
    }

    private func refuse(_ error: EngineRequestError, _ exchange: EngineExchange) {
        exchange.endpoint.application.connectionFailed(error, handshake: handshake(of: exchange))
        if exchange.request.isUpgrade { keepAlive = false }
        answer(.refusal(error, toUpgrade: exchange.request.isUpgrade))
    }

    private func handshake(of exchange: EngineExchange) -> EngineHandshake {
        let server = host.server
        return exchange.request.handshake(
            address: server.clientAddress(of: stream, exchange.request.head.headers),
            issued: host.wallClock.epochMilliseconds)
    }

    private func use(_ use: EngineUse, _ exchange: EngineExchange) {
        if case .post = use {
            guard let session = postingSession else { return refuse(.unknownSession, exchange) }
            postingSession = nil
            let content = body
            body = []
            return session.postCompleted(content, on: self)
        }
        guard let session = exchange.session, !session.isEnded else { return refuse(.unknownSession, exchange) }
        switch use {
        case .poll(let jsonp): session.pollBegan(on: self, jsonp: jsonp)
        case .upgrade:
            guard let acceptance = acceptUpgrade(exchange) else { return }
            upgrade(exchange, acceptance, to: session) { session.candidateOpened($0) }
        case .post, .unsupported: refuse(.badRequest, exchange)
        }
    }

    // MARK: Opening

    private func open(_ opening: EngineOpening, _ exchange: EngineExchange) {
        let handshake = handshake(of: exchange)
        let application = exchange.endpoint.application
        guard application.verifiesHandshakes else { return admit(opening, handshake, exchange) }
        let ticket = ExchangeTicket(connection: self, exchange: exchange)
        host.loop.start {
            let verdict = await application.verify(handshake)
            ticket.connection.verified(verdict, opening, handshake, ticket.exchange)
        }
    }

    private func verified(
        _ verdict: EngineVerdict, _ opening: EngineOpening, _ handshake: EngineHandshake, _ exchange: EngineExchange
    ) {
        guard case .answering = phase, stream.isOpen else { return }
        if case .refuse(let message) = verdict { return refuse(.forbidden(message), exchange) }
        admit(opening, handshake, exchange)
    }

    /// Opens the session, unless there are too many.
    private func admit(_ opening: EngineOpening, _ handshake: EngineHandshake, _ exchange: EngineExchange) {
        guard opening.transport == .webSocket else {
            guard let session = makeSession(opening, handshake, exchange) else { return }
            exchange.cookie = cookie(of: session)
            session.begin()
            return session.pollBegan(on: self, jsonp: opening.jsonp)
        }
        // Looked at first: what is no handshake must not count as a session.
        guard let acceptance = acceptUpgrade(exchange), let session = makeSession(opening, handshake, exchange) else {
            return
        }
        upgrade(exchange, acceptance, to: session, cookie: cookie(of: session)) { session.opened(on: $0) }
    }

    /// A session that is counted; `nil`, and the request is refused, where there is no place for it.
    private func makeSession(
        _ opening: EngineOpening, _ handshake: EngineHandshake, _ exchange: EngineExchange
    ) -> SessionDriver? {
        let options = exchange.endpoint.options
        let admission =
            host.isDraining
            ? .full
            : host.server.census.admit(handshake.address, SessionCensus.Limits(options))
        guard admission == .admitted else {
            refuseForNow(admission)
            return nil
        }
        let id = EngineSessionID.make(loopIndex: host.loop.index, random: host.server.random)
        return SessionDriver(id: id, opening: opening, handshake: handshake, endpoint: exchange.endpoint, host: host)
    }

    private func cookie(of session: SessionDriver) -> String? {
        session.endpoint.options.cookie?.headerValue(sessionID: session.id)
    }

    private func refuseForNow(_ admission: SessionCensus.Admission) {
        keepAlive = false
        let sentence =
            switch admission {
            case .tooManyUnjoined:
                "Too many connections from this address have not joined yet: close some or try again later."
            case .tooMany: "Too many connections come from this address: close some or try again later."
            case .full, .admitted: "The server is full or stopping: try again later."
            }
        answer(.text(sentence, status: .serviceUnavailable).with("Retry-After", "10"))
    }

    // MARK: Answering

    /// Answers before the body has been read; what is left of it is not waited for.
    func answerEarly(_ response: EngineResponse) {
        keepAlive = false
        phase = .answering
        answer(response)
    }

    /// Sends an engine's answer with the fields that belong to its request.
    func answer(_ engine: EngineResponse) {
        guard case .engine(let exchange) = target else { return }
        var headers = host.engineHeaders(for: engine.contentType)
        for (name, value) in exchange.endpoint.gate.headers(for: exchange.request) { headers.add(name, value) }
        if let cookie = exchange.cookie { headers.add("Set-Cookie", cookie) }
        var body = engine.body
        if engine.mayCompress, let threshold = exchange.endpoint.options.httpCompressionThreshold,
            body.count >= threshold, let coding = coding(for: exchange),
            let compressed = try? coding.compress(body.span.bytes, level: 1)
        {
            body = compressed
            headers.add("Content-Encoding", coding.rawValue)
            headers.add("Vary", "Accept-Encoding")
        }
        send(HTTPStatus(engine.status), headers, body)
    }

    private func coding(for exchange: EngineExchange) -> ContentCoding? {
        ContentNegotiation.preferredCoding(
            of: ContentCoding.allCases.map(\.rawValue), exchange.request.header("accept-encoding")
        )
        .flatMap(ContentCoding.init(rawValue:))
    }
}

extension SessionCensus.Limits {
    fileprivate init(_ options: EngineOptions) {
        self.init(
            sessions: options.maxSessions, perAddress: options.maxSessionsPerAddress,
            unjoinedPerAddress: options.maxUnjoinedSessionsPerAddress)
    }
}

/// Carries a connection and its request through the hook that runs on the connection's own loop.
///
/// `@unchecked Sendable` for the reason of `AnswerTicket`.
private struct ExchangeTicket: @unchecked Sendable {
    let connection: HTTPConnection
    let exchange: EngineExchange
}
