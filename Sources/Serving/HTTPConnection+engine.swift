import Bytes
import Deflate
import EngineIO
import EventLoops
import HTTPWire
import Network
import Routing

/// A request for an engine, with what was decided about it.
struct EngineExchange {
    let endpoint: EngineEndpoint
    let request: EngineRequest
    let decision: EngineDecision
    let minorVersion: Int
    /// The headers of a WebSocket upgrade.
    let upgradeHeaders: HTTPHeaders?
    let acceptEncoding: String?
    /// Set for the answer to the request that opened a session.
    var cookie: String?
}

extension HTTPConnection {
    /// Looks at the head of an engine's request: `true` where its body is to be read before it is answered.
    func beginEngineRequest(_ exchange: EngineExchange, contentLength: Int?) -> Bool {
        guard case .existing(let id, .post(let kind)) = exchange.decision else { return true }
        guard let session = exchange.endpoint.session(id, on: host) else {
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
        case .existing(let id, let use): self.use(id, use, exchange)
        }
    }

    private func refuse(_ error: EngineRequestError, _ exchange: EngineExchange) {
        exchange.endpoint.application.connectionFailed(error, handshake: exchange.request.handshake)
        if exchange.request.isUpgrade { keepAlive = false }
        answer(.refusal(error, toUpgrade: exchange.request.isUpgrade))
    }

    private func use(_ id: String, _ use: EngineUse, _ exchange: EngineExchange) {
        if case .post = use {
            guard let session = postingSession else { return refuse(.unknownSession, exchange) }
            postingSession = nil
            let content = body
            body = []
            return session.postCompleted(content, on: self)
        }
        guard let session = exchange.endpoint.session(id, on: host) else { return refuse(.unknownSession, exchange) }
        switch use {
        case .poll(let jsonp): session.pollBegan(on: self, jsonp: jsonp)
        case .upgrade:
            upgrade(exchange) {
                session.candidateOpened($0)
            } session: {
                session
            }
        case .post, .unsupported: refuse(.badRequest, exchange)
        }
    }

    // MARK: Opening

    private func open(_ opening: EngineOpening, _ exchange: EngineExchange) {
        let (endpoint, handshake) = (exchange.endpoint, exchange.request.handshake)
        let ticket = AnswerTicket(connection: self)
        host.loop.start {
            let verdict = await endpoint.application.verify(handshake)
            ticket.connection.verified(verdict, opening, exchange)
        }
    }

    private func verified(_ verdict: EngineVerdict, _ opening: EngineOpening, _ exchange: EngineExchange) {
        guard case .answering = phase, stream.isOpen else { return }
        if case .refuse(let message) = verdict { return refuse(.forbidden(message), exchange) }
        let options = exchange.endpoint.options
        let admission = host.server.census.admit(
            exchange.request.handshake.address, maxSessions: options.maxSessions,
            maxUnjoined: options.maxUnjoinedSessionsPerAddress)
        guard admission == .admitted, !host.isDraining else { return refuseForNow(admission) }
        let id = EngineSessionID.make(loopIndex: host.loop.index, random: host.server.random)
        let session = SessionDriver(
            id: id, opening: opening, handshake: exchange.request.handshake, endpoint: exchange.endpoint, host: host)
        let cookie = options.cookie?.headerValue(sessionID: id)
        switch opening.transport {
        case .polling:
            if case .engine(var exchange) = target {
                exchange.cookie = cookie
                target = .engine(exchange)
            }
            session.begin()
            session.pollBegan(on: self, jsonp: opening.jsonp)
        case .webSocket:
            upgrade(exchange, cookie: cookie) {
                session.opened(on: $0)
            } session: {
                session
            }
        }
    }

    private func refuseForNow(_ admission: SessionCensus.Admission) {
        keepAlive = false
        let sentence =
            admission == .tooManyUnjoined
            ? "Too many connections from this address have not joined yet: close some or try again later."
            : "The server is full or stopping: try again later."
        answer(.text(sentence, status: HTTPStatus(503)).with("Retry-After", "10"))
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
        var headers = HTTPHeaders()
        if let type = engine.contentType { headers.add("Content-Type", type) }
        for (name, value) in exchange.endpoint.gate.headers(for: exchange.request) { headers.add(name, value) }
        headers.add("X-Content-Type-Options", "nosniff")
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
        answer(Response(HTTPStatus(engine.status), headers: headers, body: body.isEmpty ? .none : .bytes(body)))
    }

    private func coding(for exchange: EngineExchange) -> ContentCoding? {
        ContentNegotiation.preferredCoding(of: ContentCoding.allCases.map(\.rawValue), exchange.acceptEncoding)
            .flatMap(ContentCoding.init(rawValue:))
    }
}
