import Bytes
import EngineIO
import HTTPWire
import Routing
import WebSocketWire

extension HTTPConnection {
    /// What to answer to a request for a WebSocket; one that is no proper handshake is refused, and there is nothing then.
    func acceptUpgrade(_ exchange: EngineExchange) -> WebSocketHandshake.Acceptance? {
        guard exchange.request.isUpgrade else {
            answer(.refusal(.badRequest))
            return nil
        }
        let head = exchange.request.head
        do throws(WebSocketHandshakeError) {
            return try WebSocketHandshake.accept(
                Self.handshakeRequest(head.headers, minorVersion: head.minorVersion),
                deflate: exchange.endpoint.options.webSocketCompressionThreshold.map { _ in PerMessageDeflate.Options()
                })
        } catch {
            refuse(error)
            return nil
        }
    }

    /// Answers 101 and hands the stream to a WebSocket of the session, which `opened` is given.
    func upgrade(
        _ exchange: EngineExchange, _ acceptance: WebSocketHandshake.Acceptance, to session: SessionDriver,
        cookie: String? = nil, then opened: (WebSocketTransport) -> Void
    ) {
        let options = exchange.endpoint.options
        writeSwitch(acceptance, cookie: cookie)
        phase = .finished
        deadline.cancel(on: host.loop)
        let transport = WebSocketTransport(
            stream: stream, session: session,
            limits: WebSocketLimits(maxMessageBytes: options.maxPayload, maxFragments: options.maxFragments),
            compression: compression(acceptance, options))
        stream.install(transport)
        opened(transport)
        releaseBacklog()
    }

    private static func handshakeRequest(_ headers: HTTPHeaders, minorVersion: Int) -> WebSocketHandshake.Request {
        WebSocketHandshake.Request(
            method: "GET", isHTTP11: minorVersion >= 1, upgrade: headers.values("upgrade"),
            connection: headers.values("connection"), version: headers.values("sec-websocket-version"),
            key: headers.values("sec-websocket-key"), extensions: headers.values("sec-websocket-extensions"),
            protocols: headers.values("sec-websocket-protocol"))
    }

    private func refuse(_ error: WebSocketHandshakeError) {
        keepAlive = false
        var response = Response.text(error.reason, status: HTTPStatus(error.status))
        for (name, value) in error.headers where name != "Connection" { response.headers.add(name, value) }
        answer(response)
    }

    private func writeSwitch(_ acceptance: WebSocketHandshake.Acceptance, cookie: String?) {
        host.figures.answered(101)
        var out = host.takeScratch()
        out.append(contentsOf: "HTTP/1.1 101 Switching Protocols\r\n".utf8)
        for (name, value) in acceptance.headers { Self.appendLine(name, value, to: &out) }
        if let cookie { Self.appendLine("Set-Cookie", cookie, to: &out) }
        out.append(contentsOf: "\r\n".utf8)
        stream.write(copying: out.span.bytes)
        host.giveBack(out)
    }

    private static func appendLine(_ name: String, _ value: String, to out: inout [UInt8]) {
        out.append(contentsOf: name.utf8)
        out.append(contentsOf: ": ".utf8)
        out.append(contentsOf: value.utf8)
        out.append(contentsOf: "\r\n".utf8)
    }

    private func compression(
        _ acceptance: WebSocketHandshake.Acceptance, _ options: EngineOptions
    ) -> WebSocketTransport.Compression? {
        guard let agreement = acceptance.deflate, let threshold = options.webSocketCompressionThreshold else {
            return nil
        }
        return WebSocketTransport.Compression(
            agreement: agreement, threshold: threshold, compressor: host.compressor(for: agreement))
    }
}
